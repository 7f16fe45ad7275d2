package dev.inmesh.jdbc.servers;

import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** Waiting for what a server will say in the end. */
public final class Await {

  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long PAUSE_MILLIS = 5;

  private Await() {}

  /** What is waited for. */
  public interface Condition {
    /** Whether it is so by now. */
    boolean holds() throws SQLException;
  }

  /**
   * Returns when it holds.
   *
   * @throws SQLException if it doesn't within 20 seconds
   */
  public static void until(Condition condition) throws SQLException {
    long end = System.nanoTime() + LONGEST_NANOS;
    while (!condition.holds()) {
      if (System.nanoTime() - end > 0) {
        throw new SQLException("waited in vain for 20 seconds");
      }
      pause();
    }
  }

  static void pause() throws SQLException {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }
}
