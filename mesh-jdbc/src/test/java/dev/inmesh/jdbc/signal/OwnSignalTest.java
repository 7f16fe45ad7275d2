package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user's own signal: a statement, a file or a URL that gives one number. */
@Timeout(60)
final class OwnSignalTest {

  private static final String SQL = "mesh.jdbc.orders.throttle.signal.sql";
  private static final String FILE = "mesh.jdbc.orders.throttle.signal.file";
  private static final String URL = "mesh.jdbc.orders.throttle.signal.url";
  private static final String MEND =
      "; it must be one number of milliseconds, finite and not negative, and nothing else";

  private final Path folder;

  OwnSignalTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static Connection h2() throws SQLException {
    return DriverManager.getConnection("jdbc:h2:mem:own");
  }

  /** Absent, with one line however often it is asked, and never a measure. */
  private static void assertAbsent(Probed probed, String why) {
    for (int i = 0; i < 3; i++) {
      Poll poll = probed.poll();
      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent()).contains(why);
    }
    assertThat(probed.log()).containsExactly("WARN orders: no disk signal: " + why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT 41.2 | 41.2",
        "SELECT 7 | 7",
        "SELECT CAST(5.5 AS DOUBLE PRECISION) | 5.5",
        "SELECT '3.25' | 3.25",
        "SELECT 0 | 0",
        "SELECT 1e2 | 100"
      })
  void aStatementGivesMilliseconds(String sql, double millis) {
    try (Probed probed = new Probed(OwnSignalTest::h2, Probed.settings(DiskSource.SQL, sql))) {
      Poll poll = probed.poll();

      assertThat(poll.measures()).containsExactly(new Measure(DiskOperation.READ, millis));
      assertThat(poll.pingMillis()).isPresent();
      assertThat(probed.log()).containsExactly("INFO orders: disk signal: " + SQL);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT 'NaN' | gives \"NaN\"",
        "SELECT CAST('NaN' AS DOUBLE PRECISION) | gives \"NaN\"",
        "SELECT CAST('Infinity' AS DOUBLE PRECISION) | gives \"Infinity\"",
        "SELECT -1 | gives \"-1\"",
        "SELECT -0.001 | gives \"-0.001\"",
        "SELECT 'slow' | gives \"slow\"",
        "SELECT '5 ms' | gives \"5 ms\"",
        "SELECT TRUE | gives \"TRUE\"",
        "SELECT '1e999' | gives \"1e999\"",
        "SELECT '0x1p3' | gives \"0x1p3\"",
        "SELECT 'a=b password=verysecret' | gives \"a=b password=***\"",
        "SELECT REPEAT('9', 5000) | gives \"9999999999999999999999999999999999999999...\"",
        "SELECT 1 UNION SELECT 2 | gives more than one row",
        "SELECT 1, 2 | gives 2 columns",
        "SELECT 1 WHERE FALSE | gives nothing",
        "SELECT NULL | gives nothing",
        "SELECT '' | gives nothing"
      })
  void aStatementThatGivesSomethingElseIsAbsent(String sql, String what) {
    try (Probed probed = new Probed(OwnSignalTest::h2, Probed.settings(DiskSource.SQL, sql))) {
      assertAbsent(probed, SQL + " " + what + MEND);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT nothing", "no statement", "SET @x = 1", "DROP TABLE nowhere"})
  void aStatementThatFailsIsAbsent(String sql) {
    try (Probed probed = new Probed(OwnSignalTest::h2, Probed.settings(DiskSource.SQL, sql))) {
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent().orElseThrow()).startsWith(SQL + ": ");
      assertThat(probed.poll().absent()).isPresent();
      assertThat(probed.log()).hasSize(1);
    }
  }

  @Test
  void aStatementThatHangsIsCancelledAtTheServer() throws Exception {
    Replicated servers = Replicated.shared(Product.POSTGRESQL);
    String url = servers.primary().url(servers.primary().createDatabase());
    try (Probed probed =
            new Probed(
                () -> DriverManager.getConnection(url),
                Probed.settings(DiskSource.SQL, "SELECT pg_sleep(3600)"));
        Connection watch = servers.primary().admin()) {
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent().orElseThrow()).startsWith(SQL + " gives no answer within 2 s");
      try (var statement = watch.createStatement();
          var row =
              statement.executeQuery(
                  "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'"
                      + " AND query LIKE 'SELECT pg_sleep(3600)%'")) {
        row.next();
        assertThat(row.getInt(1)).isZero();
      }
    }
  }

  @Test
  void aSignalThatIsMendedIsBack() throws Exception {
    Path file = Files.writeString(folder.resolve("millis"), "slow");
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      probed.poll();

      Files.writeString(file, "12.5\n");
      Poll poll = probed.poll();

      assertThat(poll.measures()).containsExactly(new Measure(DiskOperation.READ, 12.5));
      assertThat(poll.absent()).isEmpty();
      assertThat(probed.log())
          .containsExactly(
              "WARN orders: no disk signal: " + FILE + " gives \"slow\"" + MEND,
              "INFO orders: disk signal is back: " + FILE);
    }
  }

  @Test
  void aSignalThatComesAndGoesFillsNoLog() throws Exception {
    Path file = folder.resolve("millis");
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      for (int i = 0; i < 30; i++) {
        Files.writeString(file, "-" + i);
        assertThat(probed.poll().measures()).isEmpty();
        Files.writeString(file, "" + i);
        assertThat(probed.poll().measures()).hasSize(1);
      }

      // One of each in the first minute.
      assertThat(probed.log()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "NaN | gives \"NaN\"",
        "-3 | gives \"-3\"",
        "a text | gives \"a text\"",
        "5,5 | gives \"5,5\"",
        "`` | gives nothing"
      })
  void aFileThatHoldsSomethingElseIsAbsent(String text, String what) throws Exception {
    Path file = Files.writeString(folder.resolve("millis"), text);
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      assertAbsent(probed, FILE + " " + what + MEND);
    }
  }

  @Test
  void aFileOfTwoLinesIsAbsent() throws Exception {
    Path file = Files.write(folder.resolve("millis"), List.of("5", "6"));
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      assertAbsent(probed, FILE + " gives \"5 6\"" + MEND);
    }
  }

  @Test
  void aHugeFileIsNotReadToItsEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("millis"), " ".repeat(1 << 22) + "5");
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      assertAbsent(probed, FILE + " holds more than 1024 bytes" + MEND);
    }
  }

  @Test
  void aFileThatIsNotThereIsAbsent() {
    Path file = folder.resolve("nowhere");
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, file.toString()))) {
      assertAbsent(probed, FILE + ": there is no file " + file);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aPipeThatNobodyWritesToHoldsNobodyUp() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (Probed probed =
        new Probed(Probed.none(), Probed.settings(DiskSource.FILE, pipe.toString()))) {
      assertAbsent(probed, FILE + ": " + pipe + " is no regular file");
    }
  }

  @Test
  void aUrlGivesMilliseconds() throws Exception {
    try (Answers answers = new Answers();
        Probed probed = new Probed(Probed.none(), Probed.settings(DiskSource.URL, answers.url()))) {
      answers.say(" 8.5\n");

      assertThat(probed.poll().measures()).containsExactly(new Measure(DiskOperation.READ, 8.5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "200 | NaN | ` gives \"NaN\"; it must be one number of milliseconds, finite and not"
            + " negative, and nothing else`",
        "200 | <html> | ` gives \"<html>\"; it must be one number of milliseconds, finite and not"
            + " negative, and nothing else`",
        "404 | 5 | ` answers with status 404`",
        "500 | 5 | ` answers with status 500`",
        "302 | 5 | ` is redirected (302), which isn't followed; name its target`"
      })
  void aUrlThatAnswersSomethingElseIsAbsent(int status, String text, String what) throws Exception {
    try (Answers answers = new Answers();
        Probed probed = new Probed(Probed.none(), Probed.settings(DiskSource.URL, answers.url()))) {
      answers.say(status, text);

      assertAbsent(probed, URL + what);
      assertThat(answers.asked()).isEqualTo(3);
    }
  }

  @Test
  void aHugeAnswerIsNotReadToItsEnd() throws Exception {
    try (Answers answers = new Answers();
        Probed probed = new Probed(Probed.none(), Probed.settings(DiskSource.URL, answers.url()))) {
      answers.say("9".repeat(1 << 20));

      assertAbsent(probed, URL + " answers with more than 1024 bytes");
    }
  }

  @Test
  void aUrlThatDoesNotEndIsBrokenOff() throws Exception {
    try (Answers answers = new Answers();
        Probed probed = new Probed(Probed.none(), Probed.settings(DiskSource.URL, answers.url()))) {
      answers.say("5");
      answers.hang();

      assertThat(probed.poll().absent()).contains(URL + ": no answer within 2 s");
    }
  }

  @Test
  void aUrlWhereNobodyListensIsAbsent() throws Exception {
    String url;
    try (Answers answers = new Answers()) {
      url = answers.url();
    }
    try (Probed probed = new Probed(Probed.none(), Probed.settings(DiskSource.URL, url))) {
      assertThat(probed.poll().absent().orElseThrow()).startsWith(URL + ": ");
      assertThat(probed.log()).hasSize(1);
    }
  }
}
