package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one server that a session holds. Used by the session's thread, but for {@link
 * #abort}.
 */
final class Physical {

  /** A cancel at the end of the time is to come first, and leaves the connection of use. */
  private static final int NETWORK_GRACE_MILLIS = 20;

  final Database database;
  final Connection raw;

  /** Where the times of its statements go. */
  final StatementMeters.ServerTimes times;

  /** Results that are being read. */
  int openResults;

  /** How the engine sees it; null at the primary. */
  private final @Nullable Use use;

  /** What held before the time of a statement; -1 for nothing of ours. */
  private int networkTimeout = -1;

  private boolean broken;
  private boolean ended;

  Physical(
      Database database, Connection raw, StatementMeters.ServerTimes times, @Nullable Use use) {
    this.times = times;
    this.database = database;
    this.raw = raw;
    this.use = use;
  }

  /** Whether it was opened for reading; its server may have become the primary since. */
  boolean replica() {
    return use != null;
  }

  /** How the engine sees it; null at the primary. */
  @Nullable Use use() {
    return use;
  }

  /** Something is to be run there. */
  void starts() {
    if (use != null) {
      use.starts();
    }
  }

  /** Whether a statement has lost the connection there. */
  boolean isBroken() {
    return broken;
  }

  /**
   * Bounds what runs there by the network's own time limit too, where nothing else can break it off
   * when the network swallows it.
   */
  void runsWithin(long nanos) throws SQLException {
    if (!database.abortsLate()) {
      return;
    }
    int before = raw.getNetworkTimeout();
    int millis = (int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000 + NETWORK_GRACE_MILLIS);
    if (before == 0 || millis < before) {
      raw.setNetworkTimeout(Runnable::run, millis);
      networkTimeout = before;
    }
  }

  private void unbound() {
    int before = networkTimeout;
    if (before < 0) {
      return;
    }
    networkTimeout = -1;
    try {
      raw.setNetworkTimeout(Runnable::run, before);
    } catch (SQLException e) {
      // It is broken, which the statement has said.
    }
  }

  /**
   * What was run there is over.
   *
   * @param thrown null if it went well
   * @param inTransaction whether it leaves a transaction open
   */
  void ran(@Nullable Throwable thrown, boolean inTransaction) {
    unbound();
    broken = broken || (thrown != null && Faults.isGone(thrown));
    if (use != null) {
      use.ran(thrown, inTransaction || openResults > 0);
    }
  }

  /** Nothing is run there for now. */
  void idles() {
    if (use != null) {
      use.idles();
    }
  }

  /** Something that was open there is so no longer. */
  void letGo(boolean inTransaction) {
    if (use != null && !inTransaction && openResults <= 0) {
      use.letGo();
    }
  }

  void close() throws SQLException {
    try {
      raw.close();
    } finally {
      end();
    }
  }

  void abort(Executor executor) throws SQLException {
    try {
      raw.abort(executor);
    } finally {
      end();
    }
  }

  /** Breaks it; whoever holds it hears of that when it is used. */
  void abortRaw(Executor executor) {
    try {
      raw.abort(executor);
    } catch (SQLException | RuntimeException e) {
      // A connection that can't even be aborted is of no use to its holder either.
    }
  }

  // A close and an abort from another thread may meet.
  private synchronized boolean ends() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  private void end() {
    if (!ends()) {
      return;
    }
    if (use != null) {
      use.end();
    }
    database.closed(this);
  }
}
