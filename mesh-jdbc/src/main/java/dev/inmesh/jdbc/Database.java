package dev.inmesh.jdbc;

import dev.inmesh.server.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One database server and where its connections come from. Safe for concurrent use. */
final class Database {

  private final String name;
  private final DataSource pool;
  private final Set<Physical> held = ConcurrentHashMap.newKeySet();

  /** Until when it is known to replay too slowly to be waited for; meaningful when it was set. */
  private volatile long behindUntil;

  private volatile boolean behind;

  /** Whether its driver's abort waits for what it is to break off. */
  private volatile boolean abortsLate;

  private volatile @Nullable DataSource probes;

  /** What the list says of it. */
  private volatile Server entry;

  /** Null while nothing is to be held back there, or counted. */
  private volatile @Nullable Throttle throttle;

  Database(Server entry, DataSource pool) {
    this.name = entry.address();
    this.entry = entry;
    this.pool = pool;
  }

  String name() {
    return name;
  }

  DataSource pool() {
    return pool;
  }

  Server entry() {
    return entry;
  }

  /** The list says something else of it from now on. */
  void entry(Server changed) {
    entry = changed;
  }

  @Nullable Throttle throttle() {
    return throttle;
  }

  void throttle(@Nullable Throttle by) {
    throttle = by;
  }

  Connection open(Credentials credentials) throws SQLException {
    return credentials.connect(pool);
  }

  /** Whether it was waited for in vain a moment ago. */
  boolean isBehind(long now) {
    return behind && now - behindUntil < 0;
  }

  void behindUntil(long nanos) {
    behindUntil = nanos;
    behind = true;
  }

  /** A connection that no session has, and that counts for no limit. */
  Connection openApart(Credentials credentials) throws SQLException {
    return credentials.connectApart(pool);
  }

  /** Who gives connections for watching it; null for nobody but the pool's own properties. */
  void watchedOver(@Nullable DataSource connections) {
    probes = connections;
  }

  /** A connection for watching it, which no pool waits for. */
  Connection openBeside(Credentials credentials) throws SQLException {
    DataSource given = probes;
    if (given != null) {
      return given.getConnection();
    }
    return pool instanceof Connector ? credentials.connectApart(pool) : Beside.open(pool);
  }

  /** A connection is held that must not outlive the server's time as the primary. */
  void holds(Physical physical) {
    held.add(physical);
  }

  /** A connection that {@link #open} gave is closed. */
  void closed(Physical physical) {
    held.remove(physical);
    if (pool instanceof Connector connector) {
      connector.closed();
    }
  }

  /** It is the primary no longer: what runs there must not go on as if it were. */
  void abortHeld(Executor executor) {
    // Each on its own thread, since not every driver's abort comes back.
    held.forEach(physical -> executor.execute(() -> physical.abortRaw(executor)));
  }

  /** Learns from a connection which driver it has. */
  void meet(Connection raw) throws SQLException {
    abortsLate = String.valueOf(raw.getMetaData().getDriverName()).startsWith("MariaDB");
  }

  /** Whether a statement needs a time limit of the network's, since no abort breaks it off. */
  boolean abortsLate() {
    return abortsLate;
  }

  @Override
  public String toString() {
    return name;
  }
}
