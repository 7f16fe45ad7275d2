package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of which PostgreSQL. */
final class PostgresViewTest {

  private static PostgresFacts facts(int major, boolean reads, boolean wal) {
    return facts(major, reads, wal, "fdatasync", false);
  }

  private static PostgresFacts facts(
      int major, boolean reads, boolean wal, String syncMethod, boolean seesAll) {
    int version = major == 9 ? 9_06_24 : major * 10_000 + 3;
    // There is no such setting before version 14.
    return new PostgresFacts(
        version, reads, wal && major >= 14, true, syncMethod, seesAll, "app", 7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " 9 | pg_stat_database reads (track_io_timing on)",
        "10 | pg_stat_database reads (track_io_timing on)",
        "11 | pg_stat_database reads (track_io_timing on)",
        "12 | pg_stat_database reads (track_io_timing on)",
        "13 | pg_stat_database reads (track_io_timing on)",
        "14 | pg_stat_database reads+pg_stat_wal sync (track_io_timing on)",
        "15 | pg_stat_database reads+pg_stat_wal sync (track_io_timing on)",
        "16 | pg_stat_io reads+pg_stat_wal sync (track_io_timing on)",
        "17 | pg_stat_io reads+pg_stat_wal sync (track_io_timing on)",
        "18 | pg_stat_io reads+wal fsync (track_io_timing on)",
        "19 | pg_stat_io reads+wal fsync (track_io_timing on)",
      })
  void eachVersionIsReadWhereItCounts(int major, String what) {
    PostgresView view = PostgresView.timed(facts(major, true, true)).orElseThrow();

    assertThat(view.what()).isEqualTo(what);
    assertThat(view.sql().contains("pg_stat_io")).isEqualTo(major >= 16);
    assertThat(view.sql().contains("pg_stat_database")).isEqualTo(major < 16);
    assertThat(view.sql().contains("pg_stat_wal")).isEqualTo(major >= 14 && major < 18);
    assertThat(view.sql().contains("sum(fsyncs)")).isEqualTo(major >= 18);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "13 | pg_stat_database reads (track_io_timing on)",
        "14 | pg_stat_database reads"
            + " (track_wal_io_timing is off: ALTER SYSTEM SET track_wal_io_timing = on)",
        "18 | pg_stat_io reads"
            + " (track_wal_io_timing is off: ALTER SYSTEM SET track_wal_io_timing = on)",
      })
  void readsAloneAreTimedWhereTheLogIsNot(int major, String what) {
    PostgresView view = PostgresView.timed(facts(major, true, false)).orElseThrow();

    assertThat(view.what()).isEqualTo(what);
    assertThat(view.sql()).doesNotContain("'wal' AS kind");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "14 | pg_stat_wal sync (track_io_timing is off: ALTER SYSTEM SET track_io_timing = on)",
        "18 | pg_stat_io wal fsync"
            + " (track_io_timing is off: ALTER SYSTEM SET track_io_timing = on)",
      })
  void theLogAloneIsTimedWhereReadsAreNot(int major, String what) {
    PostgresView view = PostgresView.timed(facts(major, false, true)).orElseThrow();

    assertThat(view.what()).isEqualTo(what);
    assertThat(view.sql()).doesNotContain("'read' AS kind");
  }

  @ParameterizedTest
  @CsvSource({"14, wal_write_time", "17, wal_write_time", "18, sum(write_time)"})
  void theWritesOfALogThatIsSyncedByWritingAreRead(int major, String column) {
    PostgresView view =
        PostgresView.timed(facts(major, true, true, "open_datasync", false)).orElseThrow();

    assertThat(view.sql()).contains(column).doesNotContain("sync_time");
    assertThat(view.what()).contains("write").doesNotContain("sync");
  }

  @Test
  void aServerThatSyncsNothingHasNoSyncs() {
    PostgresFacts unsafe =
        new PostgresFacts(18_00_06, true, true, false, "fdatasync", true, "app", 7);

    PostgresView view = PostgresView.timed(unsafe).orElseThrow();

    assertThat(view.what()).isEqualTo("pg_stat_io reads (track_io_timing on)");
    assertThat(view.sql()).doesNotContain("'wal' AS kind");
  }

  @ParameterizedTest
  @CsvSource({"9", "13", "18"})
  void nothingIsTimedWhereAllIsOff(int major) {
    assertThat(PostgresView.timed(facts(major, false, false))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"9, false", "10, true", "18, true", "19, true"})
  void sessionsThatWaitAreSeenFromVersion10On(int major, boolean seen) {
    PostgresFacts facts = facts(major, false, false, "fdatasync", true);

    Optional<PostgresView> view = PostgresView.waits(facts);

    assertThat(view.isPresent()).isEqualTo(seen);
  }

  @Test
  void whoMayNotSeeOthersSeesNobodyWait() {
    assertThat(PostgresView.waits(facts(18, false, false))).isEmpty();
  }

  @Test
  void bothThatCanBeSwitchedOnAreNamed() {
    assertThat(PostgresView.mend(facts(18, false, false)))
        .isEqualTo(
            "track_io_timing is off: ALTER SYSTEM SET track_io_timing = on;"
                + " the same for track_wal_io_timing");
    assertThat(PostgresView.mend(facts(13, false, false)))
        .isEqualTo("track_io_timing is off: ALTER SYSTEM SET track_io_timing = on");
  }
}
