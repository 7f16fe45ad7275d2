package dev.inmesh.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A primary and its replicas. Safe for concurrent use. */
final class Databases {

  private final Database primary;
  private final List<Database> replicas;
  private final StatementMeters meters;
  private final AtomicInteger turn = new AtomicInteger();

  Databases(Database primary, List<Database> replicas, StatementMeters meters) {
    this.meters = meters;
    this.primary = primary;
    this.replicas = List.copyOf(replicas);
  }

  Database primary() {
    return primary;
  }

  boolean hasReplicas() {
    return !replicas.isEmpty();
  }

  /** The replica whose turn it is; null when all of them rest. */
  @Nullable Database nextReplica() {
    int first = turn.get();
    for (int i = 0; i < replicas.size(); i++) {
      Database replica = replicas.get(Math.floorMod(first + i, replicas.size()));
      if (!replica.rests()) {
        return replica;
      }
    }
    return null;
  }

  /** A connection to a replica; null when none gives one. */
  @Nullable Physical openReplica(Credentials credentials) {
    for (int i = 0; i < replicas.size(); i++) {
      Database replica = nextReplica();
      turn.incrementAndGet();
      if (replica == null) {
        return null;
      }
      try {
        return physical(replica, credentials);
      } catch (SQLException | RuntimeException e) {
        // It rests from now on: the next one, and in the end the primary.
      }
    }
    return null;
  }

  Physical openPrimary(Credentials credentials) throws SQLException {
    return physical(primary, credentials);
  }

  private Physical physical(Database server, Credentials credentials) throws SQLException {
    return new Physical(server, server.open(credentials), meters.of(server.name()));
  }

  @Override
  public String toString() {
    return primary + " and " + replicas;
  }
}
