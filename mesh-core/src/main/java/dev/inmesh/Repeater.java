package dev.inmesh;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one thing again and again. Not a ScheduledThreadPoolExecutor: there is
 * nothing to queue, and JDK-8358601 lets one of its tasks hang.
 */
final class Repeater implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Repeater.class);

  private final Supplier<Duration> period;
  private final Runnable action;
  private final Thread thread;
  private volatile boolean closed;

  private Repeater(String name, Supplier<Duration> period, Runnable action) {
    this.period = period;
    this.action = action;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * Starts a thread that acts after each period.
   *
   * @param period asked again each time
   */
  static Repeater start(String name, Supplier<Duration> period, Runnable action) {
    Repeater repeater = new Repeater(name, period, action);
    repeater.thread.start();
    return repeater;
  }

  private void run() {
    while (!closed) {
      long end = System.nanoTime() + period.get().toNanos();
      for (long left = end - System.nanoTime(); left > 0 && !closed; ) {
        LockSupport.parkNanos(this, left);
        left = end - System.nanoTime();
      }
      if (!closed) {
        act();
      }
    }
  }

  private void act() {
    try {
      action.run();
    } catch (Throwable e) {
      // The thread must live, or timeouts are never settled: the next period may go well.
      log.warn("{}: {}", thread.getName(), e.toString(), e);
    }
  }

  /** Ends the thread and waits for it, unless it is the caller. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    if (Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
