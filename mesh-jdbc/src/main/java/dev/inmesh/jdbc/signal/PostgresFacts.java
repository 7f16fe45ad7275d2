package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a PostgreSQL says of itself.
 *
 * @param version as {@code server_version_num}
 * @param readsTimed {@code track_io_timing}
 * @param walTimed {@code track_wal_io_timing}
 * @param fsync whether anything is synced at all
 * @param syncMethod {@code wal_sync_method}
 * @param seesAll whether the user may see what others' sessions wait for
 * @param user who asks
 * @param pid of the process that answers
 */
record PostgresFacts(
    int version,
    boolean readsTimed,
    boolean walTimed,
    boolean fsync,
    String syncMethod,
    boolean seesAll,
    String user,
    long pid) {

  static final int OLDEST = 9_06_00;

  /** There is no such role before version 10, and no such setting before 14. */
  private static final String QUESTION =
      """
      SELECT current_setting('server_version_num')::int, current_setting('track_io_timing'), \
      coalesce(current_setting('track_wal_io_timing', true), 'off'), current_setting('fsync'), \
      current_setting('wal_sync_method'), current_user, pg_backend_pid(), \
      EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_stats' \
      AND pg_has_role(oid, 'USAGE'))""";

  static PostgresFacts of(Dedicated server) throws SQLException, AbsentException {
    return server.ask(QUESTION, PostgresFacts::of);
  }

  private static PostgresFacts of(ResultSet row) throws SQLException, AbsentException {
    if (!row.next()) {
      throw new AbsentException("the server doesn't say what it is");
    }
    return new PostgresFacts(
        row.getInt(1),
        row.getString(2).equals("on"),
        row.getString(3).equals("on"),
        row.getString(4).equals("on"),
        row.getString(5),
        row.getBoolean(8),
        row.getString(6),
        row.getLong(7));
  }

  boolean isAtLeast(int major) {
    return version >= major * 10_000;
  }

  /** A log that is opened so that each write is synced has no syncs. */
  boolean syncsByWriting() {
    return syncMethod.startsWith("open_");
  }
}
