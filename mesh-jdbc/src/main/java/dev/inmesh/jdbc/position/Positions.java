package dev.inmesh.jdbc.position;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What one database product says of positions in what was written to it: texts, which only its own
 * servers can tell apart. Every question is one round trip. Implementations are stateless.
 */
public interface Positions {

  /** Those of the product behind a connection; empty if it has none. */
  static Optional<Positions> of(DatabaseMetaData metaData) throws SQLException {
    String product = String.valueOf(metaData.getDatabaseProductName()).toLowerCase(Locale.ROOT);
    return switch (product) {
      case "postgresql" -> Optional.of(ofPostgres());
      case "mariadb" -> Optional.of(new MariaDbGtids());
      // MySQL's driver calls a MariaDB so too.
      case "mysql" ->
          Optional.of(
              metaData.getDatabaseProductVersion().contains("MariaDB")
                  ? new MariaDbGtids()
                  : new MySqlGtids());
      default -> Optional.empty();
    };
  }

  /** Those of PostgreSQL. */
  static Positions ofPostgres() {
    return new LogSequence();
  }

  /**
   * Where a server is that has everything that was committed on this connection.
   *
   * @param primary whose last transaction has ended
   * @return empty when nothing was ever written on it
   * @throws SQLException also when this server can't tell
   */
  Optional<String> written(Connection primary) throws SQLException;

  /** Whether a server has replayed everything up to there. */
  boolean reached(Connection replica, String position) throws SQLException;

  /**
   * Waits for that.
   *
   * @param nanos at most so long; zero or less to ask once
   */
  default boolean awaits(Connection replica, String position, long nanos) throws SQLException {
    long end = System.nanoTime() + nanos;
    long pause = TimeUnit.MICROSECONDS.toNanos(500);
    while (!reached(replica, position)) {
      long left = end - System.nanoTime();
      if (left <= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(pause, left));
      pause = Math.min(2 * pause, TimeUnit.MILLISECONDS.toNanos(8));
    }
    return true;
  }

  /** The position that a text means; empty if it means none. */
  Optional<String> parse(String text);

  /** A position that is reached when both are. */
  String later(String one, String other);

  /** Where the primary is now. */
  String now(Connection primary) throws SQLException;

  /** The one text, or nothing, that a statement answers with. */
  static Optional<String> ask(Connection raw, String sql, String... parameters)
      throws SQLException {
    try (PreparedStatement statement = raw.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
  }
}
