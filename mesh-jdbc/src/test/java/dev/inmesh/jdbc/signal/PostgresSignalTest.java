package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real PostgreSQL tells of its disk, to an ordinary user. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PostgresSignalTest {

  private static final String OFF =
      "track_io_timing is off: ALTER SYSTEM SET track_io_timing = on;"
          + " the same for track_wal_io_timing";

  private final PostgresServer server;
  private final String database;

  /** Nothing is on this machine by its word. */
  private final Path elsewhere;

  PostgresSignalTest(@TempDir Path elsewhere) throws Exception {
    this.elsewhere = elsewhere;
    server = PostgresServer.start(List.of("fsync=on", "shared_buffers=128kB"));
    database = server.createDatabase();
  }

  @BeforeAll
  void aTable() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INT PRIMARY KEY, pad TEXT)");
      statement.execute("INSERT INTO t SELECT i, repeat('x', 900) FROM generate_series(1, 1000) i");
    }
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void timed() throws SQLException {
    timing(true, true);
    server.run("REVOKE pg_monitor FROM app");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(server.url(database));
  }

  private Probed probed(DiskProbe.Connections connections) {
    return new Probed(connections, Probed.settings(DiskSource.AUTO), elsewhere, Runnable::run);
  }

  private void timing(boolean reads, boolean wal) throws SQLException {
    timing(server, reads, wal);
  }

  private void timing(DatabaseServer of, boolean reads, boolean wal) throws SQLException {
    of.run("ALTER SYSTEM SET track_io_timing = " + (reads ? "on" : "off"));
    of.run("ALTER SYSTEM SET track_wal_io_timing = " + (wal ? "on" : "off"));
    of.run("SELECT pg_reload_conf()");
    await(of, "track_io_timing", reads);
    await(of, "track_wal_io_timing", wal);
  }

  /** A session hears of a change when it comes to it. */
  private void await(DatabaseServer of, String setting, boolean on) throws SQLException {
    String said = "";
    while (!said.equals(on ? "on" : "off")) {
      try (Connection connection = DriverManager.getConnection(of.url(database));
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SHOW " + setting)) {
        row.next();
        said = row.getString(1);
      }
    }
  }

  /** Commits and reads that a window can be made of, counted when this returns. */
  private void work() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (int i = 1; i <= 30; i++) {
        statement.execute("UPDATE t SET pad = repeat('y', 900) WHERE id = " + i);
      }
    }
    read(server);
  }

  private void read(DatabaseServer from) throws SQLException {
    try (Connection connection = DriverManager.getConnection(from.url(database));
        Statement statement = connection.createStatement()) {
      for (int i = 1; i <= 1000; i += 10) {
        statement.executeQuery("SELECT pad FROM t WHERE id = " + i).close();
      }
    }
  }

  /** When a backend's last counters are in the view isn't said: after its end, but not at once. */
  private static Poll pollUntil(Probed probed, DiskOperation... operations) throws Exception {
    for (int i = 0; i < 5; i++) {
      Poll poll = probed.poll();
      if (!poll.measures().isEmpty()) {
        assertThat(poll.measures()).extracting(Measure::operation).containsExactly(operations);
        return poll;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    throw new AssertionError("nothing is measured: " + probed.probe.latest());
  }

  @Test
  void readsAndSyncsAreTimed() throws Exception {
    try (Probed probed = probed(this::connect)) {
      assertThat(probed.poll().measures()).isEmpty();

      work();
      Poll poll = pollUntil(probed, DiskOperation.READ, DiskOperation.FSYNC);

      assertThat(poll.absent()).isEmpty();
      assertThat(poll.measures()).allMatch(measure -> measure.value() > 0);
      assertThat(poll.measures()).allMatch(measure -> measure.perSecond() > 0);
      assertThat(poll.pingMillis()).isPresent();
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: pg_stat_io reads+wal fsync (track_io_timing on)");
    }
  }

  @Test
  void anIdleDiskIsNeitherAbsentNorMeasured() throws Exception {
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      Poll poll = probed.poll();

      assertThat(poll.absent()).isEmpty();
      assertThat(poll.measures()).isEmpty();
    }
  }

  @Test
  void syncsThatAreNotTimedAreSaid() throws Exception {
    timing(true, false);
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      work();
      Poll unused = pollUntil(probed, DiskOperation.READ);

      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: pg_stat_io reads"
                  + " (track_wal_io_timing is off: ALTER SYSTEM SET track_wal_io_timing = on)");
    }
  }

  @Test
  void readsThatAreNotTimedAreSaid() throws Exception {
    timing(false, true);
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      work();
      Poll unused = pollUntil(probed, DiskOperation.FSYNC);

      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: pg_stat_io wal fsync"
                  + " (track_io_timing is off: ALTER SYSTEM SET track_io_timing = on)");
    }
  }

  @Test
  void nothingTimedIsAbsentForWhoMayNotSeeOthersWait() throws Exception {
    timing(false, false);
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      work();
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      String why = OFF + ", or GRANT pg_read_all_stats TO app";
      assertThat(poll.absent()).contains(why);
      assertThat(probed.log()).containsExactly("INFO orders: no disk signal: " + why);
    }
  }

  @Test
  void whatIsSwitchedOnLaterIsFoundWithinAMinute() throws Exception {
    timing(false, false);
    try (Probed probed = probed(this::connect)) {
      probed.tick();
      timing(true, true);

      probed.later(58_000);
      assertThat(probed.tick().absent()).isPresent();
      assertThat(probed.tick().absent()).isEmpty();

      assertThat(probed.log())
          .last()
          .isEqualTo(
              "INFO orders: disk signal is back: pg_stat_io reads+wal fsync (track_io_timing on)");
    }
  }

  @Test
  void whatIsSwitchedOffIsLeftAtOnce() throws Exception {
    server.run("GRANT pg_monitor TO app");
    try (Probed probed = probed(this::connect)) {
      probed.poll();
      timing(false, false);

      work();
      assertThat(probed.poll().measures()).isEmpty();
      assertThat(probed.poll().absent()).isEmpty();

      assertThat(probed.log())
          .last()
          .isEqualTo(
              "INFO orders: disk signal: pg_stat_activity sessions that wait for IO (" + OFF + ")");
    }
  }

  @Test
  void sessionsThatWaitAreSeenByWhoMay() throws Exception {
    timing(false, false);
    server.run("GRANT pg_monitor TO app");
    try (Probed probed = probed(this::connect);
        Sleeper sleeper = new Sleeper(connect(), "SELECT pg_sleep(3600)")) {
      sleeper.await(
          server::admin,
          "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
              + " AND query = 'SELECT pg_sleep(3600)'",
          1,
          1);
      probed.tick();

      // It runs, and waits for something else than the disk.
      assertThat(probed.measuresOf(6)).containsExactly(new Measure(DiskOperation.PRESSURE, 0));
      assertThat(probed.probe.latest().sequence()).isEqualTo(7);
    }
  }

  @Test
  void superusersSeeThemToo() throws Exception {
    timing(false, false);
    try (Probed probed = probed(server::admin)) {
      assertThat(probed.poll().absent()).isEmpty();
    }
  }

  @Test
  void theDisksOfThisMachineAreReadWhereTheServerTimesNothing() throws Exception {
    timing(false, false);
    try (Probed probed =
        new Probed(
            this::connect, Probed.settings(DiskSource.AUTO), Path.of("/proc"), Runnable::run)) {
      probed.poll();

      String file = Files.exists(Path.of("/proc/diskstats")) ? "diskstats" : "pressure/io";
      assertThat(probed.log().get(0)).startsWith("INFO orders: disk signal: /proc/" + file);
      assertThat(probed.log().get(0)).endsWith("(" + OFF + ")");
    }
  }

  @Test
  void aStatisticsResetBeginsAnew() throws Exception {
    try (Probed probed = probed(this::connect)) {
      probed.poll();
      work();
      Poll unused = pollUntil(probed, DiskOperation.READ, DiskOperation.FSYNC);

      server.run("SELECT pg_stat_reset_shared('io')");
      work();
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent()).isEmpty();
      assertThat(probed.log())
          .last()
          .isEqualTo("INFO orders: disk signal: its statistics were reset: counted anew");
      work();
      unused = pollUntil(probed, DiskOperation.READ, DiskOperation.FSYNC);
    }
  }

  @Test
  void aServerThatIsStartedAgainBeginsAnew() throws Exception {
    try (Probed probed = probed(this::connect)) {
      probed.poll();
      work();

      server.kill();
      Poll dead = probed.poll();
      server.restart();
      Poll back = probed.poll();

      assertThat(dead.measures()).isEmpty();
      assertThat(dead.absent().orElseThrow()).startsWith("the server can't be asked: ");
      assertThat(back.measures()).isEmpty();
      assertThat(back.absent()).isEmpty();
      work();
      Poll unused = pollUntil(probed, DiskOperation.READ, DiskOperation.FSYNC);
      assertThat(probed.log()).hasSize(3);
      assertThat(probed.log().get(1)).startsWith("WARN orders: no disk signal: ");
      assertThat(probed.log().get(2)).startsWith("INFO orders: disk signal is back: pg_stat_io");
    }
  }

  @Test
  void aServerThatHangsHoldsTheProbeUpForSecondsOnly() throws Exception {
    try (Probed probed = probed(this::connect)) {
      probed.poll();

      server.pause();
      Poll hanging;
      try {
        hanging = probed.poll();
      } finally {
        server.resume();
      }
      Poll back = probed.poll();

      assertThat(hanging.measures()).isEmpty();
      assertThat(hanging.absent()).isPresent();
      assertThat(back.absent()).isEmpty();
    }
  }

  @Test
  void aStandbyIsTimedToo() throws Exception {
    try (PostgresServer standby = server.replica();
        Probed probed = probed(() -> DriverManager.getConnection(standby.url(database)))) {
      server.awaitReplayed(standby);
      timing(standby, true, true);
      probed.poll();

      read(standby);
      Poll poll = pollUntil(probed, DiskOperation.READ);

      assertThat(poll.absent()).isEmpty();
    }
  }
}
