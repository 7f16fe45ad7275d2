package dev.inmesh.jdbc.signal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A statement that runs, and uses neither disk nor processor, until this is closed. */
final class Sleeper implements AutoCloseable {

  private final Connection connection;
  private final Statement statement;

  Sleeper(Connection connection, String sql) throws SQLException {
    this.connection = connection;
    this.statement = connection.createStatement();
    new Thread(() -> sleep(sql)).start();
  }

  private void sleep(String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException e) {
      // Cancelled.
    }
  }

  /**
   * Returns when it runs.
   *
   * @param counts gives the number of those that run in this column
   */
  void await(DiskProbe.Connections asking, String counts, int column, int least)
      throws SQLException {
    int running = 0;
    while (running < least) {
      try (Connection other = asking.open();
          Statement ask = other.createStatement();
          ResultSet row = ask.executeQuery(counts)) {
        row.next();
        running = row.getInt(column);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    statement.cancel();
    connection.close();
  }
}
