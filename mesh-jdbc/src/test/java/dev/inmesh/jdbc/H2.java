package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** Databases in memory, each with a name of its own, which live until the process ends. */
final class H2 {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private H2() {}

  /** The URL of a new one, in which these statements were run. */
  static String database(String... statements) {
    String url = "jdbc:h2:mem:jdbc" + COUNT.incrementAndGet() + ";DB_CLOSE_DELAY=-1";
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return url;
  }
}
