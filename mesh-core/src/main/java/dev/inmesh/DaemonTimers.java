package dev.inmesh;

import dev.inmesh.http.Timers;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One daemon thread, which ends when it was idle for 10 seconds. It is never shut down, so that
 * calls in flight keep their deadlines when the mesh is closed, and nobody waits for its tasks:
 * JDK-8358601 needs both.
 */
final class DaemonTimers implements Timers {

  private final ScheduledThreadPoolExecutor thread;

  DaemonTimers(String name) {
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread daemon = new Thread(task, name);
              daemon.setDaemon(true);
              return daemon;
            });
    // Most are cancelled long before their time: they must not stay in the queue.
    thread.setRemoveOnCancelPolicy(true);
    thread.setKeepAliveTime(10, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public Timer schedule(long nanos, Runnable action) {
    Future<?> scheduled = thread.schedule(action, nanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }
}
