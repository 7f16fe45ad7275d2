package dev.inmesh.jdbc;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The physical connections that a session holds: one at most, given back before another is asked
 * for. The one exception is a replica's whose result is still being read when a statement needs the
 * primary: that one stays until the result is closed. A replica is never waited for while anything
 * is held, so that sessions can't wait for one another in a circle.
 *
 * <p>For the session's thread, but for {@link #abort}.
 */
final class Holding {

  private final Cluster cluster;
  private final Credentials credentials;
  private final Settings settings;
  private final Writes writes;

  private volatile @Nullable Physical current;
  private volatile @Nullable Physical lingering;
  private volatile boolean closed;
  private @Nullable TimeLimit limit;
  private boolean behind;

  Holding(Cluster cluster, Credentials credentials, Settings settings, Writes writes) {
    this.writes = writes;
    this.cluster = cluster;
    this.credentials = credentials;
    this.settings = settings;
  }

  /** Where statements go. */
  @Nullable Physical current() {
    return current;
  }

  /** Whether a replica's connection would end a result that is being read, or make a third one. */
  boolean isRead() {
    Physical held = current;
    return lingering != null || (held != null && !held.replica() && held.openResults > 0);
  }

  /** Whether statements of this connection can still be used. */
  boolean holds(@Nullable Physical physical) {
    return physical != null && (physical == current || physical == lingering);
  }

  /**
   * A connection to the primary or a replica; to the primary as well if no replica gives one, or
   * none has what must be seen.
   *
   * @param bound whether what is held can't be left for another of its kind
   * @param inTransaction whether one is open on what is held
   */
  Physical go(boolean replica, boolean bound, boolean inTransaction, long now) throws SQLException {
    behind = false;
    Physical held = current;
    if (held == null) {
      return open(replica);
    }
    boolean stays = held.replica() == replica && (bound || isRead(held) || mayStay(held, now));
    if (stays && (!replica || inTransaction || isThere(held))) {
      return held;
    }
    if (!held.replica()) {
      if (replica && !cluster.databases().mayTryReplica()) {
        return held;
      }
      writes.leaves(held.raw);
      if (replica && writes.isUnknown()) {
        behind = true;
        return held;
      }
    }
    leave(held);
    return open(replica && !behind);
  }

  /**
   * What is held, where it is of the kind that is asked for and of use: for a statement that is
   * prepared, and may be prepared anew elsewhere when it is run. Null otherwise.
   */
  @Nullable Physical stay(boolean replica, boolean inTransaction) {
    Physical held = current;
    if (held == null || held.replica() != replica || held.isBroken()) {
      return null;
    }
    boolean stays = replica || held.database == cluster.databases().primary();
    return stays && (!replica || inTransaction || isThere(held)) ? held : null;
  }

  /** Whether the last statement is where it is because a replica hasn't come so far. */
  boolean wasBehind() {
    return behind;
  }

  private static boolean isRead(Physical held) {
    return held.openResults > 0;
  }

  /** Not at a replica that is drained or ejected, nor at one that was the primary. */
  private boolean mayStay(Physical held, long now) {
    Databases databases = cluster.databases();
    if (held.isBroken()) {
      return false;
    }
    return held.replica() ? databases.mayStay(held, now) : held.database == databases.primary();
  }

  /** What bounds the wait for pools from now on; null for nothing. */
  void bound(@Nullable TimeLimit by) {
    limit = by;
  }

  /** What is to be aborted at the end of the time; not one any more that is given back. */
  void uses(@Nullable Physical physical) {
    TimeLimit bounded = limit;
    if (bounded != null) {
      bounded.waited(physical);
    }
  }

  private Physical open(boolean replica) throws SQLException {
    Databases databases = cluster.databases();
    Physical next = replica ? openReplica() : null;
    if (next == null) {
      next = Objects.requireNonNull(inTime(databases::openPrimary));
    }
    try {
      adopt(next);
      return next;
    } catch (SQLException e) {
      if (!next.replica() || closed) {
        throw e;
      }
    }
    // What a replica refuses, as a schema that it hasn't got yet, the primary may well take.
    Physical primary = Objects.requireNonNull(inTime(databases::openPrimary));
    adopt(primary);
    return primary;
  }

  private @Nullable Physical openReplica() throws SQLException {
    if (writes.isUnknown()) {
      behind = true;
      return null;
    }
    // The primary is still to be had when no replica's pool gives a connection.
    Databases databases = cluster.databases();
    Physical next = inTime(databases::openReplica, true);
    if (next == null) {
      return null;
    }
    // Not while the pool is waited for: what hangs here is to be aborted, and not interrupted.
    databases.meet(next.database, next.raw);
    if (isThere(next)) {
      return next;
    }
    giveBackQuietly(next);
    return null;
  }

  /** Whether a replica has what must be seen. Nothing of the user's is set on it yet, or open. */
  private boolean isThere(Physical replica) {
    TimeLimit bounded = limit;
    try {
      boolean there =
          writes.reached(replica, bounded == null ? Long.MAX_VALUE : bounded.leftNanos() / 2);
      behind = !there;
      return there;
    } catch (SQLException | RuntimeException e) {
      // Whoever doesn't answer that, wouldn't answer the statement either.
      replica.ran(e, false, System.nanoTime());
      return false;
    }
  }

  /** A way to a connection of a pool. */
  interface Opening {

    @Nullable Physical open(Credentials credentials) throws SQLException;
  }

  /** Waits for a pool no longer than there is time. */
  @Nullable Physical inTime(Opening opening) throws SQLException {
    return inTime(opening, false);
  }

  private @Nullable Physical inTime(Opening opening, boolean part) throws SQLException {
    TimeLimit bounded = limit;
    if (bounded == null) {
      return opening.open(credentials);
    }
    bounded.waits(part);
    Physical got = null;
    try {
      got = opening.open(credentials);
      return got;
    } finally {
      bounded.waited(got);
    }
  }

  private void leave(Physical held) {
    if (held.openResults > 0) {
      // Before the other is forgotten: an abort must find it in one place or the other.
      lingering = held;
      current = null;
    } else {
      current = null;
      giveBackQuietly(held);
    }
  }

  private void adopt(Physical next) throws SQLException {
    try {
      settings.replay(next.raw);
      if (next.replica() && !next.raw.isReadOnly()) {
        // A mistake of ours must fail at a replica that could be written to.
        next.raw.setReadOnly(true);
      }
      if (!next.replica() && cluster.databases().hasFailedOver() && next.raw.isReadOnly()) {
        // Its pool was one for reading.
        next.raw.setReadOnly(settings.readOnly(false));
      }
    } catch (SQLException | RuntimeException | Error e) {
      // An Error too: an old driver lacks methods.
      next.ran(e, false, System.nanoTime());
      giveBackQuietly(next);
      throw e;
    }
    current = next;
    if (closed) {
      // Aborted meanwhile, by a thread that didn't see this one.
      current = null;
      giveBackQuietly(next);
      throw closedAlready();
    }
  }

  /** A result of the connection is being read no more. */
  void resultEnds(Physical physical) {
    physical.openResults--;
    if (physical == lingering && physical.openResults == 0) {
      lingering = null;
      giveBackQuietly(physical);
    }
  }

  /** A transaction has ended, or a result, and what was open for it may be let go. */
  void letGo(boolean inTransaction) {
    Physical held = current;
    if (held != null) {
      held.letGo(inTransaction);
    }
  }

  boolean isClosed() {
    return closed;
  }

  void checkOpen() throws SQLException {
    if (closed) {
      throw closedAlready();
    }
  }

  private SQLException closedAlready() {
    return new SQLNonTransientConnectionException(
        cluster.name() + ": connection is closed", "08003");
  }

  void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    Physical last = current;
    Physical other = lingering;
    current = null;
    lingering = null;
    if (other != null) {
      giveBackQuietly(other);
    }
    if (last != null) {
      last.close();
    }
  }

  void abort(Executor executor) throws SQLException {
    closed = true;
    Physical last = current;
    Physical other = lingering;
    current = null;
    lingering = null;
    try {
      if (other != null) {
        other.abort(executor);
      }
    } finally {
      if (last != null) {
        last.abort(executor);
      }
    }
  }

  private static void giveBackQuietly(Physical physical) {
    try {
      physical.close();
    } catch (SQLException | RuntimeException e) {
      // Nothing that comes after depends on it, and whoever owns the pool hears of it there.
    }
  }
}
