package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import dev.inmesh.jdbc.servers.MariaDbServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real MariaDB tells of its disk, with a performance schema and without one. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MariaDbSignalTest {

  private static final String TIMED =
      "INFO orders: disk signal: performance_schema reads+binlog sync";

  private final MariaDbServer server;
  private final String database;

  /** Nothing is on this machine by its word. */
  private final Path elsewhere;

  MariaDbSignalTest(@TempDir Path elsewhere) throws Exception {
    this.elsewhere = elsewhere;
    server =
        MariaDbServer.start(
            List.of(
                "--performance-schema=ON",
                "--sync-binlog=1",
                "--innodb-buffer-pool-size=6M",
                "--innodb-flush-method=O_DIRECT"));
    database = server.createDatabase();
  }

  @BeforeAll
  void aTable() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INT PRIMARY KEY, pad VARCHAR(900))");
      statement.execute("INSERT INTO t SELECT seq, repeat('x', 900) FROM seq_1_to_20000");
    }
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void mayLook() throws SQLException {
    server.run("GRANT SELECT ON performance_schema.* TO app");
    instruments("YES");
  }

  private void instruments(String timed) throws SQLException {
    server.run(
        "UPDATE performance_schema.setup_instruments SET TIMED = '"
            + timed
            + "' WHERE NAME LIKE 'wait/io/file/%'");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(server.url(database));
  }

  private Probed probed(DiskProbe.Connections connections) {
    return new Probed(connections, Probed.settings(DiskSource.AUTO), elsewhere, Runnable::run);
  }

  private void work() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (int i = 1; i <= 30; i++) {
        statement.execute("UPDATE t SET pad = CONCAT(RAND(), repeat('y', 800)) WHERE id = " + i);
      }
      for (int i = 1; i <= 20_000; i += 60) {
        statement.executeQuery("SELECT pad FROM t WHERE id = " + i).close();
      }
    }
  }

  @Test
  void readsAndSyncsAreTimed() throws Exception {
    try (Probed probed = probed(this::connect)) {
      assertThat(probed.poll().measures()).isEmpty();

      work();
      Poll poll = probed.poll();

      assertThat(poll.absent()).isEmpty();
      assertThat(poll.measures())
          .extracting(Measure::operation)
          .containsExactly(DiskOperation.READ, DiskOperation.FSYNC);
      assertThat(poll.measures())
          .allMatch(measure -> measure.value() > 0.001 && measure.value() < 10_000);
      assertThat(poll.pingMillis()).isPresent();
      assertThat(probed.log()).containsExactly(TIMED);
    }
  }

  @Test
  void whoMayNotLookSeesWhatWaitsAndWhatToGrant() throws Exception {
    server.run("REVOKE SELECT ON performance_schema.* FROM app");
    try (Probed probed = probed(this::connect)) {
      Poll poll = probed.poll();

      assertThat(poll.absent()).isEmpty();
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: Innodb pending reads and fsyncs"
                  + " (not allowed: GRANT SELECT ON performance_schema.* TO app@%)");
    }
  }

  @Test
  void oneTableIsEnoughToGrant() throws Exception {
    server.run("REVOKE SELECT ON performance_schema.* FROM app");
    server.run("GRANT SELECT ON performance_schema.file_summary_by_event_name TO app");
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      assertThat(probed.log()).containsExactly(TIMED);
    } finally {
      server.run("REVOKE SELECT ON performance_schema.file_summary_by_event_name FROM app");
    }
  }

  @Test
  void instrumentsThatDoNotTimeAreSaid() throws Exception {
    instruments("NO");
    try (Probed probed = probed(this::connect)) {
      probed.poll();
      work();
      probed.poll();

      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: Innodb pending reads and fsyncs (file instruments are off:"
                  + " UPDATE performance_schema.setup_instruments SET ENABLED='YES', TIMED='YES'"
                  + " WHERE NAME LIKE 'wait/io/file/%')");
    }
  }

  @Test
  void aStatisticsResetBeginsAnew() throws Exception {
    try (Probed probed = probed(this::connect)) {
      work();
      probed.poll();

      server.run("TRUNCATE TABLE performance_schema.file_summary_by_event_name");
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent()).isEmpty();
      assertThat(probed.log()).hasSize(2);
      assertThat(probed.log().get(1)).endsWith(" went back: counted anew");
      work();
      assertThat(probed.poll().measures()).hasSize(2);
    }
  }

  @Test
  void aServerThatIsStartedAgainBeginsAnew() throws Exception {
    try (Probed probed = probed(this::connect)) {
      work();
      probed.poll();

      server.kill();
      Poll dead = probed.poll();
      server.restart();
      Poll back = probed.poll();

      assertThat(dead.measures()).isEmpty();
      assertThat(dead.absent().orElseThrow()).startsWith("the server can't be asked: ");
      assertThat(back.absent()).isEmpty();
      assertThat(back.measures()).isEmpty();
      assertThat(probed.log()).hasSize(3);
    }
  }

  @Test
  void whatWaitsIsSeenWithoutAPerformanceSchema() throws Exception {
    var plain = Replicated.shared(Product.MARIADB).primary();
    String url = plain.url(plain.createDatabase());
    try (Probed probed = probed(() -> DriverManager.getConnection(url));
        Sleeper sleeper = new Sleeper(DriverManager.getConnection(url), "SELECT SLEEP(3600)")) {
      sleeper.await(
          () -> DriverManager.getConnection(url),
          "SHOW GLOBAL STATUS LIKE 'Threads_running'",
          2,
          2);
      probed.tick();

      // It runs, and waits for something else than the disk.
      assertThat(probed.measuresOf(6)).containsExactly(new Measure(DiskOperation.PRESSURE, 0));
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: Innodb pending reads and fsyncs (performance_schema is"
                  + " off: start the server with performance_schema=ON)");
    }
  }
}
