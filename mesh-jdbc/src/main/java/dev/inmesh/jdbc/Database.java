package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/** One database server and the pool of its connections. Safe for concurrent use. */
final class Database {

  /** How long a replica is left alone that gave no connection. */
  private static final long REST_NANOS = 2_000_000_000L;

  private final String name;
  private final DataSource pool;
  private final boolean replica;
  private final LongSupplier clock;
  private volatile boolean resting;
  private volatile long restsUntil;

  Database(String name, DataSource pool, boolean replica, LongSupplier clock) {
    this.name = name;
    this.pool = pool;
    this.replica = replica;
    this.clock = clock;
  }

  String name() {
    return name;
  }

  DataSource pool() {
    return pool;
  }

  boolean replica() {
    return replica;
  }

  boolean rests() {
    return resting && clock.getAsLong() - restsUntil < 0;
  }

  Connection open(Credentials credentials) throws SQLException {
    try {
      Connection raw = credentials.connect(pool);
      resting = false;
      return raw;
    } catch (SQLException | RuntimeException e) {
      restsUntil = clock.getAsLong() + REST_NANOS;
      resting = true;
      throw e;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
