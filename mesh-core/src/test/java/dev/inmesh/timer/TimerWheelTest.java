package dev.inmesh.timer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

final class TimerWheelTest {

  private final TimerWheel wheel = new TimerWheel(16);

  private static void nothing() {}

  private static List<Runnable> due(TimerWheel wheel, long tick) {
    List<Runnable> due = new ArrayList<>();
    wheel.takeDue(tick, due);
    return due;
  }

  @Test
  void nothingIsDueInAnEmptyWheel() {
    assertThat(wheel.next()).isEqualTo(TimerWheel.NEVER);
    assertThat(due(wheel, Long.MAX_VALUE - 1)).isEmpty();
  }

  @Test
  void oneIsDueAtItsTickAndOnce() {
    TimerWheel.Armed unused = wheel.arm(7, TimerWheelTest::nothing);

    assertThat(wheel.next()).isEqualTo(7);
    assertThat(due(wheel, 6)).isEmpty();
    assertThat(due(wheel, 7)).hasSize(1);
    assertThat(due(wheel, 8)).isEmpty();
    assertThat(wheel.next()).isEqualTo(TimerWheel.NEVER);
  }

  @Test
  void oneThatIsTurnsAheadWaitsInItsBucket() {
    TimerWheel.Armed far = wheel.arm(7 + 16 * 100, TimerWheelTest::nothing);
    TimerWheel.Armed unused = wheel.arm(7, TimerWheelTest::nothing);

    assertThat(due(wheel, 7)).hasSize(1);
    assertThat(wheel.next()).isEqualTo(7 + 16 * 100);
    far.cancel();
    assertThat(wheel.next()).isEqualTo(TimerWheel.NEVER);
  }

  @Test
  void oneThatIsOverCanBeCancelledWithoutHarmToOthers() {
    TimerWheel.Armed over = wheel.arm(3, TimerWheelTest::nothing);
    assertThat(due(wheel, 3)).hasSize(1);
    TimerWheel.Armed unused = wheel.arm(3 + 16, TimerWheelTest::nothing);

    over.cancel();
    over.cancel();

    assertThat(wheel.next()).isEqualTo(3 + 16);
    assertThat(due(wheel, 3 + 16)).hasSize(1);
  }

  /** Beside a sorted map, which is slow and plain. */
  @Test
  void anyOrderOfEventsGivesWhatASortedMapGives() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      TimerWheel tested = new TimerWheel(1 << random.nextInt(6));
      TreeMap<Long, Set<Integer>> expected = new TreeMap<>();
      Map<Integer, TimerWheel.Armed> handles = new HashMap<>();
      Set<Integer> ran = new HashSet<>();
      long now = 0;
      for (int id = 0; id < 2_000; id++) {
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            int own = id;
            long tick = Math.max(0, now + random.nextInt(random.nextBoolean() ? 8 : 500) - 3);
            handles.put(id, tested.arm(tick, () -> ran.add(own)));
            expected.computeIfAbsent(tick, t -> new HashSet<>()).add(id);
          }
          case 2 -> {
            int cancelled = random.nextInt(id + 1);
            if (handles.containsKey(cancelled)) {
              handles.get(cancelled).cancel();
              expected.values().forEach(ids -> ids.remove(cancelled));
              expected.values().removeIf(Set::isEmpty);
            }
          }
          default -> {
            now += random.nextInt(20);
            ran.clear();
            due(tested, now).forEach(Runnable::run);
            Set<Integer> due = new HashSet<>();
            expected.headMap(now, true).values().forEach(due::addAll);
            expected.headMap(now, true).clear();
            assertThat(ran).as("seed %s at %s", seed, now).isEqualTo(due);
          }
        }
        long next = expected.isEmpty() ? TimerWheel.NEVER : expected.firstKey();
        // It may look too early, never too late.
        assertThat(tested.next()).as("seed %s", seed).isLessThanOrEqualTo(next);
      }
      List<Runnable> unused = due(tested, Long.MAX_VALUE - 1);
      assertThat(tested.next()).isEqualTo(TimerWheel.NEVER);
    }
  }

  @Test
  void eachRunsOrIsCancelledWhoeverArmsBeside() throws Exception {
    int threads = 4;
    int each = 50_000;
    TimerWheel shared = new TimerWheel(64);
    AtomicIntegerArray runs = new AtomicIntegerArray(threads * each);
    List<List<TimerWheel.Armed>> handles = new ArrayList<>();
    List<Thread> arming = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int first = t * each;
      List<TimerWheel.Armed> own = new ArrayList<>();
      handles.add(own);
      SplittableRandom random = new SplittableRandom(t);
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  int index = first + i;
                  own.add(shared.arm(random.nextInt(1_000), () -> runs.incrementAndGet(index)));
                  if (random.nextInt(3) == 0) {
                    own.get(random.nextInt(i + 1)).cancel();
                  }
                }
              });
      arming.add(thread);
      thread.start();
    }

    long tick = 0;
    while (arming.stream().anyMatch(Thread::isAlive)) {
      due(shared, tick++ % 1_000).forEach(Runnable::run);
    }
    for (Thread thread : arming) {
      thread.join();
    }
    due(shared, 1_000).forEach(Runnable::run);

    int ran = 0;
    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).isLessThanOrEqualTo(1);
      ran += runs.get(i);
    }
    assertThat(ran).isGreaterThan(threads * each / 2);
    assertThat(shared.next()).isEqualTo(TimerWheel.NEVER);
    handles.forEach(own -> own.forEach(TimerWheel.Armed::cancel));
    assertThat(shared.next()).isEqualTo(TimerWheel.NEVER);
  }
}
