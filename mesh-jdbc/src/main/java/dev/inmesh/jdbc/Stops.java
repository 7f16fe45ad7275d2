package dev.inmesh.jdbc;

import dev.inmesh.timer.DaemonTimers;
import dev.inmesh.timer.Timers;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stops statements whose time is up, for all databases of the process: a timer thread, and
 * threads that may block, of which each statement that runs takes two at most. Daemons all, which
 * end when there was nothing to stop for 10 seconds.
 */
final class Stops {

  static final Timers TIMERS = new DaemonTimers("inmesh-jdbc-timer");

  private static final AtomicInteger NUMBER = new AtomicInteger();

  static final Executor THREADS =
      new ThreadPoolExecutor(
          0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Stops::thread);

  private Stops() {}

  private static Thread thread(Runnable task) {
    // Nothing of whoever makes the first statement: no inherited thread-locals.
    Thread thread =
        new Thread(null, task, "inmesh-jdbc-stop-" + NUMBER.incrementAndGet(), 0, false);
    thread.setContextClassLoader(Stops.class.getClassLoader());
    thread.setDaemon(true);
    return thread;
  }
}
