package dev.inmesh.timer;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Alarms on threads of an executor, each of which is asked for ahead and waits for the moment, so
 * that only its own waking up makes it late. Where that takes long, since the system has its
 * processor do something else, a timer calls for another thread at the moment itself; whichever
 * comes first runs the action. Whoever has run one takes over what the timers are behind with.
 */
public final class PunctualAlarms implements Alarms {

  /** So long before; of a short time a tenth, since most calls are over by then. */
  private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** What is due when so many wait already has its thread called for at the moment itself. */
  private static final int MOST_WAITING = 8;

  private final Timers timers;
  private final Executor executor;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Alarms of which none is set.
   *
   * @param executor must not run what it is given on the thread that gives it
   */
  public PunctualAlarms(Timers timers, Executor executor) {
    this.timers = timers;
    this.executor = executor;
  }

  @Override
  public Timers.Timer schedule(long nanos, Runnable action, Consumer<Throwable> noThread) {
    long left = Math.min(Math.max(0, nanos), DaemonTimers.MAX_NANOS); // No overflow.
    Alarm alarm = new Alarm(System.nanoTime() + left, action, noThread);
    alarm.arm(left - Math.min(AHEAD_NANOS, left / 10), alarm::callAhead);
    return alarm;
  }

  private boolean takePlace() {
    if (waiting.incrementAndGet() <= MOST_WAITING) {
      return true;
    }
    waiting.decrementAndGet();
    return false;
  }

  private final class Alarm implements Timers.Timer {

    private final long dueNanos;
    private final Runnable action;
    private final Consumer<Throwable> noThread;

    /** Ran, was cancelled, or had no thread: what comes first decides. */
    private final AtomicBoolean over = new AtomicBoolean();

    private volatile Timers.Timer timer = Timers.Timer.NONE;

    /** Whether a thread is asked for ahead. */
    private volatile boolean coming;

    /** Why there was none at the moment. */
    private volatile @Nullable Throwable none;

    private Alarm(long dueNanos, Runnable action, Consumer<Throwable> noThread) {
      this.dueNanos = dueNanos;
      this.action = action;
      this.noThread = noThread;
    }

    /**
     * The thread of the timers may have armed the next one before this one is assigned, which hides
     * that from a cancel: it finds the alarm over.
     */
    private void arm(long nanos, Runnable next) {
      Timers.Timer armed = timers.schedule(nanos, next);
      timer = armed;
      if (over.get()) {
        armed.cancel();
      }
    }

    private void callAhead() {
      if (over.get()) {
        return;
      }
      long left = dueNanos - System.nanoTime();
      if (left <= 0) {
        call(); // As after a stop of the process: it has waited enough.
        return;
      }
      try {
        arm(left, this::call); // First: the system may take its time to start a thread.
      } catch (Throwable noTimer) {
        askAhead();
        failUnlessComing(noTimer);
        return;
      }
      askAhead();
    }

    private void askAhead() {
      if (!takePlace()) {
        return;
      }
      coming = true; // First: the moment may come meanwhile.
      try {
        executor.execute(this::await);
      } catch (Throwable noneYet) {
        waiting.decrementAndGet();
        coming = false;
        Throwable noneAtTheMoment = none;
        if (noneAtTheMoment != null) {
          failUnlessComing(noneAtTheMoment);
        }
      }
    }

    private void await() {
      try {
        long left = dueNanos - System.nanoTime();
        while (left > 0 && !over.get()) {
          LockSupport.parkNanos(this, left);
          boolean unused = Thread.interrupted(); // Nobody may keep it from sleeping.
          left = dueNanos - System.nanoTime();
        }
      } finally {
        waiting.decrementAndGet(); // Before the action, which may block.
      }
      runAndHelp();
    }

    private void runAndHelp() {
      try {
        run();
      } finally {
        boolean unused = Thread.interrupted(); // What it leaves behind is nobody else's.
        timers.runOverdue(); // Those whose threads are to be called next may be among it.
      }
    }

    private void call() {
      if (over.get()) {
        return;
      }
      try {
        executor.execute(this::runAndHelp);
      } catch (Throwable noneNow) {
        failUnlessComing(noneNow);
      }
    }

    private void failUnlessComing(Throwable why) {
      none = why; // Before the look, as who asks ahead does the opposite.
      if (!coming && over.compareAndSet(false, true)) {
        noThread.accept(why);
      }
    }

    private void run() {
      if (over.compareAndSet(false, true)) {
        timer.cancel();
        action.run();
      }
    }

    @Override
    public void cancel() {
      over.set(true);
      timer.cancel();
    }
  }
}
