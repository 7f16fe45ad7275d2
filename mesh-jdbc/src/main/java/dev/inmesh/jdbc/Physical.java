package dev.inmesh.jdbc;

import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.jdbc.throttle.Permit;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
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

  private final boolean replica;

  /** Results that are being read. */
  int openResults;

  /** The last attempt there; null at the primary. */
  @Nullable Lease lease;

  /** The attempt that runs there. */
  private volatile @Nullable Lease running;

  /** The attempt that opened what is still open there: a transaction, a result. */
  private volatile @Nullable Lease place;

  /** What held before the time of a statement; -1 for nothing of ours. */
  private int networkTimeout = -1;

  /** Of results that are being read in pieces; null before the first. Guarded by this. */
  private @Nullable List<Permit> permits;

  private boolean broken;
  private boolean ended;

  Physical(Database database, Connection raw, StatementMeters.ServerTimes times, boolean replica) {
    this.times = times;
    this.database = database;
    this.raw = raw;
    this.replica = replica;
  }

  /** Whether it was opened for reading; its server may have become the primary since. */
  boolean replica() {
    return replica;
  }

  /** Something is run there, in this attempt. */
  void starts(Lease next) {
    running = next;
    lease = next;
  }

  /** It was aborted, and is of no use whatever else is heard of it. */
  void breaks() {
    broken = true;
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

  /** What ran within a time is over: the network's own limit is what it was. */
  void unbound() {
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

  boolean isRunning() {
    return running != null;
  }

  /**
   * What was run there is over.
   *
   * @param thrown null if it went well
   * @param inTransaction whether it leaves a transaction open
   */
  void ran(@Nullable Throwable thrown, boolean inTransaction, long now) {
    unbound();
    Failure failure = thrown == null ? null : Faults.ofStatement(thrown);
    broken = broken || failure != null;
    Lease over = running;
    if (over == null) {
      return;
    }
    running = null;
    if (inTransaction || openResults > 0) {
      keepPlace(over);
    }
    if (thrown == null) {
      over.success(now);
    } else if (failure == null) {
      // A statement that is wrong, or took too long, was answered all the same.
      over.ignored(true, now);
    } else {
      over.failure(failure, 0, now);
    }
  }

  /** Nothing is run there for now. */
  void idles() {
    Lease idle = running;
    if (idle != null) {
      running = null;
      idle.ignored(true, System.nanoTime());
    }
  }

  /** Something that was open there is so no longer. */
  void letGo(boolean inTransaction) {
    if (place != null && !inTransaction && openResults <= 0) {
      Lease kept = takePlace();
      if (kept != null) {
        kept.release();
      }
    }
  }

  // A close and an abort from another thread may meet: the place is given back once.

  private synchronized void keepPlace(Lease over) {
    if (place == null && !ended) {
      over.keep();
      place = over;
    }
  }

  private synchronized @Nullable Lease takePlace() {
    Lease kept = place;
    place = null;
    return kept;
  }

  private synchronized boolean ends() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** A result is being read with this permit, which is given back at the end at the latest. */
  void keep(Permit permit) {
    synchronized (this) {
      if (!ended) {
        if (permits == null) {
          permits = new ArrayList<>();
        }
        permits.add(permit);
        return;
      }
    }
    permit.release();
  }

  /** The result is read no more. */
  void giveBack(Permit permit) {
    synchronized (this) {
      if (permits != null) {
        permits.remove(permit);
      }
    }
    permit.release();
  }

  private synchronized List<Permit> takePermits() {
    List<Permit> kept = permits == null ? List.of() : permits;
    permits = null;
    return kept;
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

  private void end() {
    if (!ends()) {
      return;
    }
    takePermits().forEach(Permit::release);
    Lease kept = takePlace();
    idles();
    if (kept != null) {
      kept.release();
    }
    database.closed(this);
  }
}
