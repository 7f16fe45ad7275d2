package dev.inmesh.samples.shop;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls at a steady rate, each at its intended time whatever became of those before it: an open
 * loop. A call that hangs holds a thread, never the schedule.
 */
final class Load {

  private final int perSecond;
  private final Runnable call;
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final Thread clock = new Thread(this::send, "load");
  private volatile boolean stopped;
  private volatile long sent;

  /**
   * A load that waits for its start.
   *
   * @param call makes one call and keeps its result; run by many threads at once
   */
  Load(int perSecond, Runnable call) {
    this.perSecond = perSecond;
    this.call = call;
  }

  void start() {
    clock.start();
  }

  private void send() {
    long start = System.nanoTime();
    for (long i = 0; !stopped; i++) {
      long intended = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
      for (long early = intended - System.nanoTime();
          early > 0 && !stopped;
          early = intended - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
      if (!stopped) {
        sent = i + 1;
        callers.execute(call);
      }
    }
  }

  /** Calls sent so far. */
  long sent() {
    return sent;
  }

  /** Sends no more, and waits for the calls that are out. */
  void stop() throws InterruptedException {
    stopped = true;
    LockSupport.unpark(clock);
    clock.join();
    callers.shutdown();
    callers.awaitTermination(30, TimeUnit.SECONDS);
    callers.shutdownNow();
  }
}
