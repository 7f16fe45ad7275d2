package dev.inmesh;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for work that may block, none of which keeps a process alive. */
final class DaemonThreads {

  private DaemonThreads() {}

  /**
   * As many as there is work, up to a bound, beyond which work is refused. Idle ones end after 10
   * seconds.
   */
  static ThreadPoolExecutor upTo(int most, String name) {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        most,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          // Nothing of whoever happens to make the first call: no inherited thread-locals.
          Thread thread = new Thread(null, task, name + "-" + number.incrementAndGet(), 0, false);
          thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
          thread.setDaemon(true);
          return thread;
        });
  }

  /**
   * Idle ones end soon from now on, instead of after 10 seconds; what is under way finishes, and
   * what may still come is done.
   */
  static void endWhenIdle(ThreadPoolExecutor threads) {
    threads.setKeepAliveTime(50, TimeUnit.MILLISECONDS);
  }
}
