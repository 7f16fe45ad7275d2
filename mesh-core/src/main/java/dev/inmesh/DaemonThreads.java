package dev.inmesh;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for work that may block, none of which keeps a process alive. */
final class DaemonThreads {

  private DaemonThreads() {}

  /** As many as there is work, up to a bound, beyond which work is refused. */
  static ThreadPoolExecutor upTo(int most, String name) {
    return threads(0, most, new SynchronousQueue<>(), name);
  }

  /** So many, behind a queue without a bound. */
  static ThreadPoolExecutor queued(int count, String name) {
    return threads(count, count, new LinkedBlockingQueue<>(), name);
  }

  /**
   * Idle ones end soon from now on, instead of after 10 seconds; what is under way finishes, and
   * what may still come is done.
   */
  static void endWhenIdle(ThreadPoolExecutor threads) {
    threads.setKeepAliveTime(50, TimeUnit.MILLISECONDS);
  }

  /** Idle ones end after 10 seconds. */
  private static ThreadPoolExecutor threads(
      int core, int most, BlockingQueue<Runnable> queue, String name) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            core,
            most,
            10,
            TimeUnit.SECONDS,
            queue,
            task -> {
              // Nothing of whoever happens to make the first call: no inherited thread-locals.
              Thread thread =
                  new Thread(null, task, name + "-" + number.incrementAndGet(), 0, false);
              thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }
}
