package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds out what a MySQL or MariaDB can tell of its disk. */
final class MySqlDetection {

  /** The user may not read a table. */
  private static final Set<Integer> DENIED = Set.of(1044, 1142, 1143, 1227);

  private static final String PENDING =
      "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'Innodb_data_pending_reads',"
          + " 'Innodb_data_pending_fsyncs', 'Innodb_os_log_pending_fsyncs')";

  private final Dedicated server;
  private final Consumer<String> notices;

  /** Why nothing is timed. */
  private String mend = "";

  MySqlDetection(Dedicated server, Consumer<String> notices) {
    this.server = server;
    this.notices = notices;
  }

  /** What is timed; empty where nothing is, and {@link #mend} says why. */
  Optional<Source> timed() throws SQLException, AbsentException {
    String on = server.ask("SELECT @@performance_schema", MySqlDetection::first);
    if (!on.equals("1")) {
      mend = "performance_schema is off: start the server with performance_schema=ON";
      return Optional.empty();
    }
    try {
      return files();
    } catch (SQLException e) {
      if (!DENIED.contains(e.getErrorCode())) {
        throw e;
      }
      mend = "not allowed: GRANT SELECT ON performance_schema.* TO " + user();
      return Optional.empty();
    }
  }

  private Optional<Source> files() throws SQLException, AbsentException {
    Set<String> all = new LinkedHashSet<>();
    all.add(MySqlTimes.DATA);
    all.add(MySqlTimes.REDO);
    if (binlogIsSynced()) {
      all.add(MySqlTimes.BINLOG);
    }
    Set<String> there = server.ask(MySqlTimes.sql(all), MySqlDetection::names);
    Set<String> off = off();
    all.retainAll(there);
    all.removeAll(off);
    if (all.isEmpty()) {
      mend =
          "file instruments are off: UPDATE performance_schema.setup_instruments"
              + " SET ENABLED='YES', TIMED='YES' WHERE NAME LIKE 'wait/io/file/%'";
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    addIf(all.contains(MySqlTimes.DATA), "reads", words);
    addIf(all.contains(MySqlTimes.REDO), "redo log sync", words);
    addIf(all.contains(MySqlTimes.BINLOG), "binlog sync", words);
    String what = "performance_schema " + String.join("+", words);
    return Optional.of(new MySqlTimes(what, server, all, notices));
  }

  /** Otherwise what is done with it is no waiting for the disk. */
  private boolean binlogIsSynced() throws SQLException, AbsentException {
    String synced = "SELECT @@global.log_bin = 1 AND @@global.sync_binlog > 0";
    return server.ask(synced, MySqlDetection::first).equals("1");
  }

  /** Instruments that don't time; who may not look at them believes that all do. */
  private Set<String> off() throws SQLException, AbsentException {
    try {
      String consumer =
          server.ask(
              "SELECT ENABLED FROM performance_schema.setup_consumers"
                  + " WHERE NAME = 'global_instrumentation'",
              MySqlDetection::first);
      if (consumer.equals("NO")) {
        return Set.of(MySqlTimes.DATA, MySqlTimes.REDO, MySqlTimes.BINLOG);
      }
      return server.ask(
          "SELECT NAME FROM performance_schema.setup_instruments WHERE NAME LIKE"
              + " 'wait/io/file/%' AND NOT (ENABLED = 'YES' AND TIMED = 'YES')",
          MySqlDetection::names);
    } catch (SQLException e) {
      if (!DENIED.contains(e.getErrorCode())) {
        throw e;
      }
      return Set.of();
    }
  }

  /** What waits right now, which anybody may see. */
  Source pending() {
    String what = "Innodb pending reads and fsyncs (" + mend + ")";
    return new Glimpses(what, server, PENDING, MySqlDetection::glimpse);
  }

  /** One of those that run asks the question. */
  private static Glimpses.Glimpse glimpse(ResultSet rows) throws SQLException {
    double running = 0;
    double pending = 0;
    while (rows.next()) {
      if (rows.getString(1).equalsIgnoreCase("Threads_running")) {
        running = Math.max(0, rows.getDouble(2) - 1);
      } else {
        pending += rows.getDouble(2);
      }
    }
    return new Glimpses.Glimpse(running, pending);
  }

  /** Why nothing is timed. */
  String mend() {
    return mend;
  }

  /** What the server calls its machine. */
  String hostname() throws SQLException, AbsentException {
    return server.ask("SELECT @@hostname", MySqlDetection::first);
  }

  private String user() throws SQLException, AbsentException {
    return server.ask("SELECT CURRENT_USER()", MySqlDetection::first);
  }

  private static void addIf(boolean there, String word, List<String> words) {
    if (there) {
      words.add(word);
    }
  }

  private static String first(ResultSet row) throws SQLException {
    @Nullable String value = row.next() ? row.getString(1) : "";
    return value == null ? "" : value;
  }

  private static Set<String> names(ResultSet rows) throws SQLException {
    Set<String> names = new TreeSet<>();
    while (rows.next()) {
      names.add(rows.getString(1));
    }
    return names;
  }
}
