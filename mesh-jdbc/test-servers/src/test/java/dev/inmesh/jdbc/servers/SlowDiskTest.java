package dev.inmesh.jdbc.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** A real disk that is slow, as root on Linux. */
final class SlowDiskTest {

  private static void read(Connection connection, int from, int to) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int id = from; id < to; id++) {
        statement.executeQuery("SELECT filler FROM pages WHERE id = " + id).close();
      }
    }
  }

  private static void fill(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // A row a page, so that each read is one of the disk's.
      statement.execute(
          "CREATE TABLE pages(id INT PRIMARY KEY, filler TEXT STORAGE PLAIN);"
              + "INSERT INTO pages SELECT n, repeat('x', 5000) FROM generate_series(1, 4000) n");
      statement.execute("VACUUM pages");
    }
  }

  /** Milliseconds of the disk for each of the reads of sessions since it was asked last. */
  private static double readMillis(PostgresServer server) throws SQLException {
    try (Connection connection = server.admin();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT sum(read_time) / sum(reads) FROM pg_stat_io"
                    + " WHERE backend_type = 'client backend' AND object = 'relation'")) {
      row.next();
      double millis = row.getDouble(1);
      statement.execute("SELECT pg_stat_reset_shared('io')");
      return millis;
    }
  }

  @Test
  void readsTakeTheTimeThatTheLimitLeavesThem() throws Exception {
    try (PostgresServer server = PostgresServer.start(SlowDisk.options());
        SlowDisk disk = SlowDisk.of(server)) {
      try (Connection connection = server.admin()) {
        fill(connection);
        disk.limit(50);
        read(connection, 1, 4);
      }
      readMillis(server);

      try (Connection connection = server.admin()) {
        read(connection, 1000, 1050);
      }

      // 50 a second are 20 ms each; a busy machine makes that more.
      double slow = readMillis(server);
      assertThat(slow).isGreaterThan(10);

      disk.lift();
      try (Connection connection = server.admin()) {
        read(connection, 2000, 3000);
      }
      assertThat(readMillis(server)).isLessThan(slow);
    }
  }

  @Test
  void limitsThatAreNoneAreRefused() throws Exception {
    try (PostgresServer server = PostgresServer.start();
        SlowDisk disk = SlowDisk.of(server)) {
      assertThatThrownBy(() -> disk.limit(0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> disk.limit(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
