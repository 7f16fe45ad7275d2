package dev.inmesh.samples.recipes;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;

/**
 * A program that only takes a URL: {@code jdbc:mesh:orders} below the pool it has, and the servers
 * in system properties.
 */
public final class PoolAbove {

  private PoolAbove() {}

  /** Prints the stock of product 7, read from the replica if there is one. */
  public static void main(String[] args) throws SQLException {
    Usage.check(PoolAbove.class, args, "-Dmesh.jdbc.orders.primary=<JDBC URL>");
    System.out.println(run());
  }

  static int run() throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:mesh:orders");
    config.setExceptionOverrideClassName(KeepAfterTimeout.class.getName());
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      connection.setReadOnly(true);
      try (PreparedStatement stock =
          connection.prepareStatement("SELECT amount FROM stock WHERE id = ?")) {
        stock.setInt(1, 7);
        try (ResultSet rows = stock.executeQuery()) {
          return rows.next() ? rows.getInt(1) : 0;
        }
      }
    }
  }

  /**
   * HikariCP takes every SQLTimeoutException for the end of the connection. After one of HYT00 the
   * statement was cancelled and the connection is well: replacing it would cost most when the
   * database is slow.
   */
  public static final class KeepAfterTimeout implements SQLExceptionOverride {

    @java.lang.Override
    public Override adjudicate(SQLException thrown) {
      boolean cancelled = "HYT00".equals(thrown.getSQLState());
      return cancelled && thrown instanceof SQLTimeoutException
          ? Override.DO_NOT_EVICT
          : Override.CONTINUE_EVICT;
    }
  }
}
