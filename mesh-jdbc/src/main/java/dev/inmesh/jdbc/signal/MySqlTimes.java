package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the performance schema of a MySQL or MariaDB has timed: reads of data files, and what else
 * than reading and writing is done with the logs, which is to sync them.
 */
final class MySqlTimes implements Source {

  static final String DATA = "wait/io/file/innodb/innodb_data_file";
  static final String REDO = "wait/io/file/innodb/innodb_log_file";
  static final String BINLOG = "wait/io/file/sql/binlog";

  /** Times are in picoseconds. */
  private static final double PICOS_IN_MILLI = 1e9;

  /** Another server, or the same after a restart, is seen by its name and its time. */
  private static final String IDENTITY = "SELECT @@hostname, @@port, @@server_id";

  private static final String UPTIME = "SHOW GLOBAL STATUS LIKE 'Uptime'";

  private final String what;
  private final Dedicated server;
  private final String sql;
  private final Windows windows;
  private long uptime;
  private long restarts;

  MySqlTimes(String what, Dedicated server, Set<String> files, Consumer<String> notices) {
    this.what = what;
    this.server = server;
    this.sql = sql(files);
    this.windows = new Windows(notices);
  }

  static String sql(Set<String> files) {
    return "SELECT EVENT_NAME, COUNT_READ, SUM_TIMER_READ, COUNT_MISC, SUM_TIMER_MISC"
        + " FROM performance_schema.file_summary_by_event_name WHERE EVENT_NAME IN ('"
        + String.join("', '", files)
        + "')";
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public List<Measure> read(long nanos) throws SQLException, AbsentException {
    List<Pair> pairs = server.ask(sql, MySqlTimes::pairs);
    long up = server.ask(UPTIME, row -> row.next() ? row.getLong(2) : 0);
    if (up < uptime) {
      restarts++;
    }
    uptime = up;
    String identity = server.ask(IDENTITY, MySqlTimes::identity);
    return windows.next(new Counters(identity + " " + restarts, "", pairs), nanos);
  }

  private static List<Pair> pairs(ResultSet rows) throws SQLException {
    List<Pair> pairs = new ArrayList<>();
    while (rows.next()) {
      String file = rows.getString(1);
      boolean read = file.equals(DATA);
      pairs.add(
          new Pair(
              read ? DiskOperation.READ : DiskOperation.FSYNC,
              file,
              rows.getDouble(read ? 2 : 4),
              rows.getDouble(read ? 3 : 5) / PICOS_IN_MILLI));
    }
    return pairs;
  }

  private static String identity(ResultSet row) throws SQLException {
    return row.next() ? row.getString(1) + ":" + row.getString(2) + " " + row.getString(3) : "";
  }

  @Override
  public void forget() {
    windows.forget();
  }
}
