package dev.inmesh.jdbc.signal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a server that its probe keeps. What is asked over it is cancelled after two
 * seconds, and after three the network is given up. For one thread at a time, but for {@link
 * #abort}.
 */
final class Dedicated {

  private static final Logger log = LoggerFactory.getLogger(DiskProbe.class);

  private static final int QUERY_SECONDS = 2;
  static final long QUERY_NANOS = TimeUnit.SECONDS.toNanos(QUERY_SECONDS);

  /** Later, so that a driver has time to cancel: a statement that nobody awaits goes on there. */
  private static final int NETWORK_MILLIS = 3_000;

  private static final int PINGS = 5;

  /** Then it is opened anew: the name that leads there may lead elsewhere by now. */
  private static final long LIFE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final DiskProbe.Connections connections;
  private final Executor threads;
  private final LongSupplier nanoClock;

  private volatile @Nullable Connection open;

  private long openedNanos;

  /** Milliseconds of the last ones. */
  private final Deque<Double> pings = new ArrayDeque<>();

  // Of the connection that is open: it may go back to a pool.
  private int networkMillisBefore;
  private boolean autoCommitBefore;

  /** Reads something of the only row. */
  interface Rows<T> {
    T of(ResultSet rows) throws SQLException, AbsentException;
  }

  Dedicated(DiskProbe.Connections connections, Executor threads, LongSupplier nanoClock) {
    this.connections = connections;
    this.threads = threads;
    this.nanoClock = nanoClock;
  }

  /** The one that is open, or a new one. */
  Connection connection() throws SQLException {
    Connection known = open;
    if (known != null && nanoClock.getAsLong() - openedNanos < LIFE_NANOS) {
      return known;
    }
    close();
    Connection made = connections.open();
    openedNanos = nanoClock.getAsLong();
    try {
      networkMillisBefore = bound(made);
      autoCommitBefore = made.getAutoCommit();
      if (!autoCommitBefore) {
        made.setAutoCommit(true);
      }
    } catch (SQLException | RuntimeException e) {
      made.close();
      throw e;
    }
    open = made;
    return made;
  }

  /** What it was before; -1 where a driver has no such thing. */
  private int bound(Connection made) throws SQLException {
    try {
      int before = made.getNetworkTimeout();
      made.setNetworkTimeout(threads, NETWORK_MILLIS);
      return before;
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }

  /** The answer to a query. */
  <T> T ask(String sql, Rows<T> rows) throws SQLException, AbsentException {
    try (Statement statement = connection().createStatement()) {
      statement.setQueryTimeout(QUERY_SECONDS);
      try (ResultSet found = statement.executeQuery(sql)) {
        return rows.of(found);
      }
    }
  }

  /** The shortest of the last round trips, in milliseconds, of which this makes one. */
  OptionalDouble ping() throws SQLException, AbsentException {
    long start = nanoClock.getAsLong();
    boolean unused = ask("SELECT 1", ResultSet::next);
    double millis = (nanoClock.getAsLong() - start) / 1e6;
    if (millis >= 0) {
      pings.addLast(millis);
    }
    if (pings.size() > PINGS) {
      pings.removeFirst();
    }
    return pings.stream().mapToDouble(Double::doubleValue).min();
  }

  boolean isOpen() {
    return open != null;
  }

  /** Something failed: the connection is kept only if it still works. */
  void check() {
    Connection known = open;
    if (known == null) {
      return;
    }
    try {
      if (!known.isClosed() && known.isValid(QUERY_SECONDS)) {
        return;
      }
    } catch (SQLException | RuntimeException e) {
      log.debug("the connection of a probe can't be asked whether it is valid", e);
    }
    close();
  }

  /** Gives it back as it was. */
  void close() {
    Connection known = open;
    open = null;
    pings.clear();
    if (known == null) {
      return;
    }
    try (known) {
      if (known.isClosed()) {
        return;
      }
      if (!autoCommitBefore) {
        known.setAutoCommit(false);
      }
      if (networkMillisBefore >= 0) {
        known.setNetworkTimeout(threads, networkMillisBefore);
      }
    } catch (SQLException | RuntimeException e) {
      log.debug("the connection of a probe can't be closed in order", e);
    }
  }

  /**
   * Whatever waits for an answer fails, on another thread, since not every driver's abort returns.
   */
  void abort() {
    Connection known = open;
    if (known != null) {
      try {
        known.abort(threads);
      } catch (SQLException | RuntimeException e) {
        log.debug("the connection of a probe can't be aborted", e);
      }
    }
  }
}
