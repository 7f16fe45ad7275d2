package dev.inmesh.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DaemonTimersTest {

  private final DaemonTimers timers = new DaemonTimers("timers-under-test");

  @Test
  void noneRunsEarlyAndAllRun() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<Long> early = new ArrayList<>();
    CountDownLatch open = new CountDownLatch(50);
    for (long millis : new SplittableRandom(1).longs(50, 0, 200).toArray()) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      long due = System.nanoTime() + nanos;
      timers.schedule(
          nanos,
          () -> {
            runs.incrementAndGet();
            if (System.nanoTime() - due < 0) {
              early.add(millis);
            }
            open.countDown();
          });
    }

    open.await();

    assertThat(early).isEmpty();
    assertThat(runs).hasValue(50);
  }

  @Test
  void toldToEndItRunsWhatIsArmedAndEnds() throws Exception {
    AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    DaemonTimers timers =
        new DaemonTimers(
            "timers-that-are-told",
            Duration.ofDays(1),
            task -> {
              thread.set(new Thread(task, "timers-that-are-told"));
              return Objects.requireNonNull(thread.get());
            });
    CountDownLatch ran = new CountDownLatch(2);
    Timers.Timer first = timers.schedule(TimeUnit.MILLISECONDS.toNanos(200), ran::countDown);

    timers.endWhenIdle();

    Objects.requireNonNull(thread.get()).join();
    assertThat(ran.getCount()).isEqualTo(1);
    Timers.Timer second = timers.schedule(0, ran::countDown);
    ran.await();
    Objects.requireNonNull(thread.get()).join();
    first.cancel();
    second.cancel();
  }

  @Test
  void anEarlierOneIsNotKeptWaitingByALaterOne() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch soon = new CountDownLatch(1);
    AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    DaemonTimers timers =
        new DaemonTimers(
            "timers-that-sleep",
            Duration.ofSeconds(10),
            task -> {
              thread.set(new Thread(task, "timers-that-sleep"));
              return Objects.requireNonNull(thread.get());
            });
    Timers.Timer day = timers.schedule(TimeUnit.DAYS.toNanos(1), never::countDown);
    while (Objects.requireNonNull(thread.get()).getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait(); // Until it sleeps until tomorrow.
    }

    timers.schedule(1, soon::countDown);

    assertThat(soon.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(never.getCount()).isEqualTo(1);
    day.cancel();
  }

  @Test
  void oneFurtherAheadThanTimeGoesIsNeverDueAndOneOfThePastAtOnce() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(2);
    Timers.Timer never = timers.schedule(Long.MAX_VALUE, runs::incrementAndGet);

    timers.schedule(-5, open::countDown);
    timers.schedule(Long.MIN_VALUE, open::countDown);

    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(0);
    never.cancel();
  }

  @Test
  void theThreadEndsWhenThereIsNothingToWaitForAndAnotherOneTakesItsPlace() throws Exception {
    DaemonTimers shortLived = new DaemonTimers("timers-that-end", Duration.ofMillis(1));
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    shortLived.schedule(0, () -> threads.add(Thread.currentThread()));

    Thread first = threads.take();
    first.join();
    shortLived.schedule(0, () -> threads.add(Thread.currentThread()));

    assertThat(first.isDaemon()).isTrue();
    assertThat(threads.take()).isNotSameAs(first);
  }

  @Test
  void anActionThatThrowsOrInterruptsOrParksHarmsNoOther() throws Exception {
    CountDownLatch open = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      int kind = i % 3;
      timers.schedule(
          TimeUnit.MICROSECONDS.toNanos(100L * i),
          () -> {
            open.countDown();
            if (kind == 0) {
              throw new IllegalStateException("thrown on purpose");
            } else if (kind == 1) {
              Thread.currentThread().interrupt();
            }
            LockSupport.parkNanos(1); // Uses up the permit of whoever armed the next.
          });
    }

    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aThreadThatCouldntStartIsStartedByTheNextOneHoweverMuchLaterThatIsDue() throws Exception {
    AtomicBoolean refused = new AtomicBoolean();
    DaemonTimers timers =
        new DaemonTimers(
            "timers-without-memory",
            Duration.ofSeconds(10),
            task ->
                new Thread(task) {
                  @Override
                  public synchronized void start() {
                    if (refused.compareAndSet(false, true)) {
                      throw new OutOfMemoryError("unable to create native thread");
                    }
                    super.start();
                  }
                });
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(1);

    assertThatThrownBy(() -> timers.schedule(0, runs::incrementAndGet))
        .isInstanceOf(OutOfMemoryError.class);
    timers.schedule(TimeUnit.MILLISECONDS.toNanos(50), open::countDown);

    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(runs).hasValue(0);
  }

  @Test
  void anExceptionThatCantEvenBeLoggedHarmsNoOther() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(10);
    for (int i = 0; i < 10; i++) {
      timers.schedule(
          TimeUnit.MILLISECONDS.toNanos(i),
          () -> {
            open.countDown();
            throw new IllegalStateException() {
              private static final long serialVersionUID = 1;

              @Override
              public String getMessage() {
                asked.incrementAndGet();
                throw new IllegalStateException("thrown on purpose");
              }
            };
          });
    }

    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(asked).hasPositiveValue();
  }

  /** What was armed before and after, and whatever is armed for later meanwhile. */
  @Test
  void whoHelpsOutRunsWhatWaitsBehindAnActionThatTakesTime() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<Thread> ran = new CopyOnWriteArrayList<>();
    timers.schedule(TimeUnit.MILLISECONDS.toNanos(300), () -> ran.add(Thread.currentThread()));
    timers.schedule(0, () -> countDownAndAwait(stuck, goOn));
    stuck.await();
    timers.schedule(0, () -> ran.add(Thread.currentThread()));
    Timers.Timer later = timers.schedule(TimeUnit.DAYS.toNanos(1), stuck::countDown);

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (ran.size() < 2 && System.nanoTime() - end < 0) {
      timers.runOverdue();
    }

    assertThat(ran).containsExactly(Thread.currentThread(), Thread.currentThread());
    goOn.countDown();
    later.cancel();
  }

  /** The first who helps is held up as well, with what he has taken. */
  @Test
  void whatSomebodyHasTakenWhoIsHeldUpIsRunByOthers() throws Exception {
    CountDownLatch stuck = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch ran = new CountDownLatch(20);
    CountDownLatch first = new CountDownLatch(1);
    timers.schedule(0, () -> countDownAndAwait(first, goOn));
    first.await();
    for (int i = 0; i < 2; i++) {
      timers.schedule(0, () -> countDownAndAwait(stuck, goOn));
    }
    for (int i = 0; i < 20; i++) {
      timers.schedule(0, ran::countDown);
    }
    List<Thread> helping = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread helper = new Thread(() -> helpUntilNoneIsLeft(ran));
      helper.setDaemon(true);
      helping.add(helper);
      helper.start();
    }

    assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();

    goOn.countDown();
    for (Thread helper : helping) {
      helper.join();
    }
  }

  private void helpUntilNoneIsLeft(CountDownLatch left) {
    while (left.getCount() > 0) {
      timers.runOverdue();
    }
  }

  static void countDownAndAwait(CountDownLatch own, CountDownLatch other) {
    own.countDown();
    try {
      other.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatAnActionArmsIsSleptForAsWell() throws Exception {
    CountDownLatch open = new CountDownLatch(20);
    Timers.Timer later = timers.schedule(TimeUnit.DAYS.toNanos(1), open::countDown);
    timers.schedule(0, new Chain(open));

    assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
    later.cancel();
  }

  private final class Chain implements Runnable {

    private final CountDownLatch open;

    private Chain(CountDownLatch open) {
      this.open = open;
    }

    @Override
    public void run() {
      open.countDown();
      if (open.getCount() > 0) {
        timers.schedule(open.getCount() * 300_000, this);
      }
    }
  }

  /** An arm may come at any moment of the thread's looking, sleeping, waking and ending. */
  @ParameterizedTest
  @ValueSource(longs = {86_400_000_000_000L, 0, 50_000})
  void noneIsMissedWhoeverArmsAtTheSameTime(long idleNanos) throws Exception {
    DaemonTimers timers = new DaemonTimers("timers-that-end", Duration.ofNanos(idleNanos));
    int threads = 4;
    int each = 3_000;
    CountDownLatch open = new CountDownLatch(threads * each);
    AtomicIntegerArray runs = new AtomicIntegerArray(threads * each);
    AtomicInteger cancelled = new AtomicInteger();
    List<Thread> arming = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int first = t * each;
      SplittableRandom random = new SplittableRandom(t);
      Thread thread =
          new Thread(
              () -> {
                for (int i = first; i < first + each; i++) {
                  int timer = i;
                  timers.schedule(TimeUnit.DAYS.toNanos(1), cancelled::incrementAndGet).cancel();
                  timers.schedule(
                      random.nextLong(3_000_000),
                      () -> {
                        runs.incrementAndGet(timer);
                        open.countDown();
                      });
                  if (random.nextBoolean()) {
                    timers.runOverdue();
                  }
                  LockSupport.parkNanos(random.nextLong(200_000));
                }
              });
      arming.add(thread);
      thread.start();
    }
    for (Thread thread : arming) {
      thread.join();
    }

    assertThat(open.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(cancelled).hasValue(0);
    for (int i = 0; i < runs.length(); i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
  }
}
