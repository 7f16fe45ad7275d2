package dev.inmesh.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PunctualAlarmsTest {

  private final DaemonTimers timers = new DaemonTimers("timers-of-alarms");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final PunctualAlarms alarms = new PunctualAlarms(timers, threads);
  private final ConcurrentLinkedQueue<Throwable> unthreaded = new ConcurrentLinkedQueue<>();

  @AfterEach
  void noThreadWaitsForEver() throws Exception {
    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  /** More at a time than threads that wait, and each may block. */
  @Test
  void allRunOnceAndNoneEarlyAndNoneInTheWayOfAnother() throws Exception {
    int count = 300;
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    ConcurrentLinkedQueue<Long> early = new ConcurrentLinkedQueue<>();
    CountDownLatch all = new CountDownLatch(count);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < count; i++) {
      int alarm = i;
      long nanos = TimeUnit.MICROSECONDS.toNanos(100_000 + random.nextInt(3_000));
      long due = System.nanoTime() + nanos;
      Timers.Timer unused =
          alarms.schedule(
              nanos,
              () -> {
                if (System.nanoTime() - due < 0) {
                  early.add(nanos);
                }
                runs.incrementAndGet(alarm);
                // Those who come later need other threads.
                DaemonTimersTest.countDownAndAwait(all, all);
              },
              unthreaded::add);
    }

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();

    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(early).isEmpty();
    for (int i = 0; i < count; i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
  }

  /** Timers and threads by hand: what is armed and asked for waits until the test lets it go on. */
  private static final class ByHand implements Timers, Executor {

    private final List<Armed> armed = new ArrayList<>();
    private final List<Runnable> asked = new ArrayList<>();
    private int helped;
    private @Nullable Runnable meanwhile;
    private boolean failAfterwards;
    private @Nullable Throwable noTimer;
    private @Nullable Throwable noThread;

    private static final class Armed implements Timers.Timer {

      private final Runnable action;
      private boolean cancelled;

      private Armed(Runnable action) {
        this.action = action;
      }

      @Override
      public void cancel() {
        cancelled = true;
      }
    }

    @Override
    public Timers.Timer schedule(long nanos, Runnable action) {
      refuse(noTimer);
      armed.add(new Armed(action));
      return last();
    }

    @Override
    public void runOverdue() {
      helped++;
    }

    @Override
    public void execute(Runnable task) {
      Runnable during = meanwhile;
      meanwhile = null;
      if (during != null) {
        during.run();
        if (failAfterwards) {
          throw new RejectedExecutionException("it was not started after all");
        }
      }
      refuse(noThread);
      asked.add(task);
    }

    private static void refuse(@Nullable Throwable why) {
      if (why instanceof Error error) {
        throw error;
      }
    }

    private Armed last() {
      return armed.get(armed.size() - 1);
    }

    /** The timer that is armed last has its time come. */
    private void ring() {
      last().action.run();
    }
  }

  /** Not before a test has called for a thread by hand. */
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long DAY = TimeUnit.DAYS.toNanos(1);

  private final ByHand hand = new ByHand();
  private final PunctualAlarms byHand = new PunctualAlarms(hand, hand);
  private final OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
  private final AtomicInteger runs = new AtomicInteger();

  private Timers.Timer set(long nanos) {
    return byHand.schedule(nanos, runs::incrementAndGet, unthreaded::add);
  }

  /** Also when those before ran, were cancelled or had no thread: none keeps its place. */
  @Test
  void eightWaitAtMostAndTheRestIsCalledForAtTheMoment() {
    for (int round = 0; round < 3; round++) {
      hand.asked.clear();
      for (int i = 0; i < 9; i++) {
        Timers.Timer unused = set(SOON);
        hand.ring();
      }
      assertThat(hand.asked).hasSize(8);
      hand.ring();
      assertThat(hand.asked).hasSize(9);
      hand.asked.forEach(Runnable::run);
      hand.asked.clear();
      for (int i = 0; i < 8; i++) {
        Timers.Timer cancelled = set(SOON);
        hand.ring();
        cancelled.cancel();
      }
      assertThat(hand.asked).hasSize(8);
      hand.asked.forEach(Runnable::run);
      hand.noThread = none;
      for (int i = 0; i < 9; i++) {
        Timers.Timer unused = set(SOON);
        hand.ring();
      }
      hand.noThread = null;
    }

    assertThat(runs).hasValue(3 * 9);
    assertThat(unthreaded).isEmpty();
  }

  @Test
  void whatIsOverdueIsCalledForAtOnceAndTakesNoPlace() {
    for (int i = 0; i < 20; i++) {
      Timers.Timer unused = set(0);
      hand.ring();
    }
    assertThat(hand.asked).hasSize(20);
    assertThat(hand.armed).hasSize(20);

    hand.asked.forEach(Runnable::run);

    assertThat(runs).hasValue(20);
  }

  @Test
  void aCancelIsHeardBeforeWhileAndAfterAThreadIsCalled() {
    Timers.Timer before = set(DAY);
    ByHand.Armed first = hand.last();
    before.cancel();
    assertThat(first.cancelled).isTrue();
    hand.ring();
    assertThat(hand.asked).isEmpty();

    Timers.Timer waiting = set(DAY);
    hand.ring();
    ByHand.Armed moment = hand.last();
    waiting.cancel();
    assertThat(moment.cancelled).isTrue();
    hand.asked.get(0).run(); // Or it would wait for a day.

    Timers.Timer called = set(0);
    hand.ring();
    called.cancel();
    hand.asked.get(1).run();

    assertThat(runs).hasValue(0);
    assertThat(unthreaded).isEmpty();
  }

  @Test
  void whoeverRunsItFirstIsTheOnlyOne() {
    Timers.Timer unused = set(SOON);
    hand.ring();
    ByHand.Armed moment = hand.last();
    hand.ring();
    assertThat(hand.asked).hasSize(2);

    hand.asked.get(1).run();
    hand.asked.get(0).run();

    assertThat(runs).hasValue(1);
    assertThat(moment.cancelled).isTrue();
  }

  @Test
  void whoHasRunHelpsTheTimersOut() {
    Timers.Timer unused = set(SOON);
    hand.ring();

    hand.asked.get(0).run();

    assertThat(hand.helped).isEqualTo(1);
  }

  @Test
  void withoutAThreadItsOwnerIsTold() {
    hand.noThread = none;
    Timers.Timer unused = set(SOON);
    hand.ring();
    assertThat(unthreaded).isEmpty(); // There may be one at the moment itself.

    hand.ring();

    assertThat(unthreaded).containsExactly(none);
    hand.ring();
    assertThat(unthreaded).containsExactly(none);
    assertThat(runs).hasValue(0);
  }

  @Test
  void aThreadThatIsNotThereAheadMayBeThereAtTheMoment() {
    hand.noThread = none;
    Timers.Timer unused = set(SOON);
    hand.ring();
    hand.noThread = null;
    hand.ring();

    hand.asked.get(0).run();

    assertThat(runs).hasValue(1);
    assertThat(unthreaded).isEmpty();
  }

  @Test
  void aThreadThatComesLateIsAThreadStill() {
    Timers.Timer unused = set(SOON);
    hand.ring();
    hand.noThread = none;
    hand.ring();
    assertThat(unthreaded).isEmpty();

    hand.asked.get(0).run();

    assertThat(runs).hasValue(1);
  }

  /** The system may take longer to start a thread than there is time. */
  @Test
  void whileAThreadStartsTheMomentMayCome() {
    Timers.Timer unused = set(SOON);
    hand.meanwhile = this::ringWithoutThread;
    hand.ring();
    assertThat(unthreaded).isEmpty();
    hand.asked.get(0).run();
    assertThat(runs).hasValue(1);

    unused = set(SOON);
    hand.meanwhile = this::ringWithoutThread;
    ByHand.Armed ahead = hand.last();
    hand.failAfterwards = true;
    ahead.action.run();

    assertThat(unthreaded).containsExactly(none);
    assertThat(runs).hasValue(1);
  }

  private void ringWithoutThread() {
    hand.noThread = none;
    hand.ring();
    hand.noThread = null;
  }

  @Test
  void withNeitherThreadNorTimerItsOwnerIsTold() {
    Timers.Timer unused = set(SOON);
    hand.noThread = none;
    hand.noTimer = new OutOfMemoryError("Java heap space");
    hand.ring();

    assertThat(unthreaded).containsExactly(hand.noTimer);
    assertThatThrownBy(() -> set(SOON)).isSameAs(hand.noTimer);
  }

  @Test
  void aThreadThatWaitsNeedsNoTimer() {
    Timers.Timer unused = set(SOON);
    hand.noTimer = new OutOfMemoryError("Java heap space");
    hand.ring();
    assertThat(unthreaded).isEmpty();

    hand.asked.get(0).run();

    assertThat(runs).hasValue(1);
  }

  /** A cancel may come at any moment of calling, waiting and running. */
  @Test
  void whatIsNotCancelledRunsOnceAndTheRestOnceAtMost() throws Exception {
    int setting = 4;
    int each = 1_000;
    AtomicIntegerArray runs = new AtomicIntegerArray(setting * each);
    CountDownLatch kept = new CountDownLatch(setting * each / 2);
    List<Thread> setters = new ArrayList<>();
    for (int t = 0; t < setting; t++) {
      int first = t * each;
      SplittableRandom random = new SplittableRandom(t);
      Thread setter =
          new Thread(
              () -> {
                for (int i = first; i < first + each; i += 2) {
                  int alarm = i;
                  long nanos = random.nextLong(5_000_000);
                  Timers.Timer unused =
                      alarms.schedule(
                          nanos,
                          () -> {
                            runs.incrementAndGet(alarm);
                            kept.countDown();
                          },
                          unthreaded::add);
                  Timers.Timer cancelled =
                      alarms.schedule(
                          nanos, () -> runs.incrementAndGet(alarm + 1), unthreaded::add);
                  LockSupport.parkNanos(random.nextLong(2 * nanos + 1));
                  cancelled.cancel();
                }
              });
      setters.add(setter);
      setter.start();
    }
    for (Thread setter : setters) {
      setter.join();
    }

    assertThat(kept.await(20, TimeUnit.SECONDS)).isTrue();

    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < setting * each; i += 2) {
      assertThat(runs.get(i)).isEqualTo(1);
      assertThat(runs.get(i + 1)).isLessThanOrEqualTo(1);
    }
    assertThat(unthreaded).isEmpty();
  }
}
