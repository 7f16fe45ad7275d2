package dev.inmesh.discovery.http;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Threads that wait for sockets, since a read of one can't be interrupted: who asked waits here,
 * and can be. Safe for concurrent use.
 */
final class Workers implements AutoCloseable {

  private static final long IDLE_SECONDS = 30;

  private final ThreadPoolExecutor threads;

  Workers(String name) {
    threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            work -> {
              Thread thread = new Thread(null, work, "inmesh-registry-" + name, 0, false);
              thread.setContextClassLoader(Workers.class.getClassLoader());
              thread.setDaemon(true);
              return thread;
            });
  }

  <T> Future<T> start(Callable<T> work) throws IOException {
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException e) {
      throw new IOException("closed", e);
    }
  }

  /**
   * What becomes of a work, which goes on if that takes longer.
   *
   * @throws TimeoutException if it takes longer
   */
  static <T> T result(Future<T> work, long mostMillis)
      throws IOException, InterruptedException, TimeoutException {
    try {
      return work.get(mostMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException failed) {
        throw failed;
      }
      if (cause instanceof RuntimeException failed) {
        throw failed;
      }
      if (cause instanceof Error failed) {
        throw failed;
      }
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
