package dev.inmesh.jdbc;

import dev.inmesh.jdbc.Standing.Role;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Asks a server what it is: never guessed from names, or from what a session may do. A PostgreSQL
 * that doesn't recover is a primary; a MariaDB or MySQL that isn't read-only and follows nobody is.
 */
final class Inquiry {

  private static final int SECONDS = 2;

  private Inquiry() {}

  static Standing of(Connection raw) throws SQLException {
    try {
      return switch (product(raw)) {
        case "postgresql" -> ofPostgres(raw);
        case "mariadb" -> ofMySql(raw, "SHOW GLOBAL STATUS LIKE 'Slaves_running'", true);
        case "mysql" -> ofMySql(raw, "SHOW REPLICA STATUS", false);
        default -> Standing.SILENT;
      };
    } finally {
      if (!raw.getAutoCommit()) {
        // The questions must leave no transaction behind.
        raw.rollback();
      }
    }
  }

  static String product(Connection raw) throws SQLException {
    String product = raw.getMetaData().getDatabaseProductName();
    return product == null ? "" : product.toLowerCase(Locale.ROOT);
  }

  private static Standing ofPostgres(Connection raw) throws SQLException {
    return one(raw, "SELECT pg_is_in_recovery()", 1).startsWith("t")
        ? new Standing(Role.REPLICA, "pg_is_in_recovery()")
        : new Standing(Role.PRIMARY, "not pg_is_in_recovery()");
  }

  /**
   * Whoever may not ask for the state of a replication learns from a status that anybody may see
   * whether one is running, where there is one.
   */
  private static Standing ofMySql(Connection raw, String question, boolean isCount)
      throws SQLException {
    if (!one(raw, "SELECT @@global.read_only", 1).equals("0")) {
      return new Standing(Role.REPLICA, "@@global.read_only");
    }
    String answer;
    try {
      answer = one(raw, question, isCount ? 2 : 1);
    } catch (SQLException e) {
      return new Standing(
          Role.UNKNOWN,
          question + " is refused (" + e.getMessage() + "); grant REPLICATION CLIENT");
    }
    return answer.isEmpty() || (isCount && answer.equals("0"))
        ? new Standing(Role.PRIMARY, "not @@global.read_only, and follows nobody")
        : new Standing(Role.REPLICA, "it follows another server");
  }

  /** One value; empty where there is no row. */
  private static String one(Connection raw, String sql, int column) throws SQLException {
    try (Statement statement = raw.createStatement()) {
      statement.setQueryTimeout(SECONDS);
      try (ResultSet row = statement.executeQuery(sql)) {
        return row.next() ? String.valueOf(row.getString(column)) : "";
      }
    }
  }
}
