package dev.inmesh.jdbc;

import dev.inmesh.jdbc.position.Positions;
import dev.inmesh.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/**
 * What all connections of a DataSource have in common, as its pool hands them out. Immutable.
 *
 * @param dialect empty for a database whose SQL nobody here can read
 * @param positions empty for one of which nobody here knows how far a replica has come
 */
record Facts(
    Optional<Dialect> dialect,
    Optional<Positions> positions,
    boolean autoCommit,
    boolean readOnly,
    int isolation) {

  static Facts of(Connection raw) throws SQLException {
    String product = raw.getMetaData().getDatabaseProductName();
    return new Facts(
        dialect(product == null ? "" : product),
        Positions.of(raw.getMetaData()),
        raw.getAutoCommit(),
        raw.isReadOnly(),
        raw.getTransactionIsolation());
  }

  private static Optional<Dialect> dialect(String product) {
    return switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> Optional.of(Dialect.POSTGRESQL);
      case "mysql", "mariadb" -> Optional.of(Dialect.MYSQL);
      case "h2" -> Optional.of(Dialect.H2);
      default -> Optional.empty();
    };
  }
}
