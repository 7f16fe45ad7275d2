package dev.inmesh.jdbc.signal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which statistics of a PostgreSQL tell how slow its disk is.
 *
 * @param sql gives kind, operations, milliseconds and the last reset, a row for each kind
 * @param what is read, for the log
 */
record PostgresView(String sql, String what) {

  /** Since which version there is something. */
  private static final int WAL_TIMES = 14;

  private static final int IO_VIEW = 16;
  private static final int WAL_IN_IO_VIEW = 18;
  private static final int IO_WAITS = 10;

  /**
   * The client backends alone, also where the reads are done by workers: since version 18 it is the
   * one who asked for a read that counts it, and how long it waited. Bulk reads (a scan with a ring
   * of its own, which reads ahead) take a time of their own and aren't mixed in.
   */
  private static final String READS_OF_IO_VIEW =
      """
      SELECT 'read' AS kind, sum(reads) AS operations, sum(read_time) AS millis, \
      max(stats_reset) AS reset FROM pg_catalog.pg_stat_io \
      WHERE backend_type = 'client backend' AND object = 'relation' AND context = 'normal'""";

  private static final String READS_OF_DATABASES =
      """
      SELECT 'read' AS kind, sum(blks_read) AS operations, sum(blk_read_time) AS millis, \
      max(stats_reset) AS reset FROM pg_catalog.pg_stat_database""";

  /** Whoever syncs: one does it for others. New segments of the log are none of it. */
  private static final String WAL_OF_IO_VIEW =
      """
      SELECT 'wal' AS kind, sum(%1$ss) AS operations, sum(%1$s_time) AS millis, \
      max(stats_reset) AS reset FROM pg_catalog.pg_stat_io \
      WHERE object = 'wal' AND context = 'normal'""";

  private static final String WAL_OF_WAL_VIEW =
      """
      SELECT 'wal' AS kind, wal_%1$s AS operations, wal_%1$s_time AS millis, \
      stats_reset AS reset FROM pg_catalog.pg_stat_wal""";

  private static final String ALL =
      """
      SELECT kind, operations, millis, reset::text, \
      pg_catalog.pg_postmaster_start_time()::text, current_setting('track_io_timing') = 'on', \
      coalesce(current_setting('track_wal_io_timing', true), 'off') = 'on' FROM (""";

  private static final String WAITS =
      """
      SELECT count(*), count(*) FILTER (WHERE wait_event_type = 'IO') \
      FROM pg_catalog.pg_stat_activity WHERE state = 'active' \
      AND backend_type = 'client backend' AND pid <> pg_backend_pid()""";

  /** What is timed; empty where nothing is. */
  static Optional<PostgresView> timed(PostgresFacts facts) {
    List<String> parts = new ArrayList<>();
    List<String> words = new ArrayList<>();
    boolean io = facts.isAtLeast(IO_VIEW);
    if (facts.readsTimed()) {
      parts.add(io ? READS_OF_IO_VIEW : READS_OF_DATABASES);
      words.add((io ? "pg_stat_io" : "pg_stat_database") + " reads");
    }
    if (walIsTimed(facts)) {
      boolean wal = facts.isAtLeast(WAL_IN_IO_VIEW);
      boolean writes = facts.syncsByWriting();
      String pair = wal ? (writes ? "write" : "fsync") : (writes ? "write" : "sync");
      parts.add(String.format(wal ? WAL_OF_IO_VIEW : WAL_OF_WAL_VIEW, pair));
      words.add((wal ? (words.isEmpty() ? "pg_stat_io wal " : "wal ") : "pg_stat_wal ") + pair);
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    String mend = mend(facts);
    String on = facts.readsTimed() ? "track_io_timing on" : "track_wal_io_timing on";
    String what = String.join("+", words) + " (" + (mend.isEmpty() ? on : mend) + ")";
    return Optional.of(
        new PostgresView(ALL + String.join(" UNION ALL ", parts) + ") counted", what));
  }

  private static boolean walIsTimed(PostgresFacts facts) {
    return facts.walTimed() && facts.fsync() && facts.isAtLeast(WAL_TIMES);
  }

  /** What only sees who waits right now; empty where the user may not. */
  static Optional<PostgresView> waits(PostgresFacts facts) {
    return facts.seesAll() && facts.isAtLeast(IO_WAITS)
        ? Optional.of(
            new PostgresView(
                WAITS, "pg_stat_activity sessions that wait for IO (" + mend(facts) + ")"))
        : Optional.empty();
  }

  /** What to switch on; empty where all is. */
  static String mend(PostgresFacts facts) {
    boolean walIsMissing = facts.isAtLeast(WAL_TIMES) && facts.fsync() && !facts.walTimed();
    if (!facts.readsTimed()) {
      String more = walIsMissing ? "; the same for track_wal_io_timing" : "";
      return mend("track_io_timing") + more;
    }
    return walIsMissing ? mend("track_wal_io_timing") : "";
  }

  private static String mend(String setting) {
    return setting + " is off: ALTER SYSTEM SET " + setting + " = on";
  }
}
