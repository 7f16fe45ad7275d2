package dev.inmesh.jdbc.position;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** MariaDB's GTIDs, {@code 0-1-270}: the last transaction of each replication domain. */
final class MariaDbGtids implements Positions {

  private static final String GTID = "[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,19}";
  private static final Pattern LIST = Pattern.compile(GTID + "(," + GTID + "){0,31}");

  /** Of this session; nothing if it has written nothing, or if there is no log to write it to. */
  private static final String LAST =
      "SELECT IF(@@log_bin = 1 AND @@sql_log_bin = 1, @@last_gtid, NULL)";

  @Override
  public Optional<String> written(Connection primary) throws SQLException {
    String last =
        Positions.ask(primary, LAST)
            .orElseThrow(() -> new SQLException("the session's writes get no GTID: no binary log"));
    return last.isEmpty() ? Optional.empty() : Optional.of(valid(last));
  }

  private String valid(String position) throws SQLException {
    return parse(position).orElseThrow(() -> new SQLException("a strange GTID: " + position));
  }

  @Override
  public boolean reached(Connection replica, String position) throws SQLException {
    return awaits(replica, position, 0);
  }

  /** The server waits itself. */
  @Override
  public boolean awaits(Connection replica, String position, long nanos) throws SQLException {
    long micros = Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
    String seconds = String.format(Locale.ROOT, "%d.%06d", micros / 1_000_000, micros % 1_000_000);
    String wait = "SELECT MASTER_GTID_WAIT(?, " + seconds + ")";
    return Positions.ask(replica, wait, position).equals(Optional.of("0"));
  }

  @Override
  public Optional<String> parse(String text) {
    return LIST.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  @Override
  public String later(String one, String other) {
    Map<String, String> domains = new TreeMap<>();
    for (String gtid : (one + "," + other).split(",", -1)) {
      String domain = gtid.substring(0, gtid.indexOf('-'));
      domains.merge(
          domain, gtid, (a, b) -> Long.compareUnsigned(number(a), number(b)) >= 0 ? a : b);
    }
    return String.join(",", domains.values());
  }

  private static long number(String gtid) {
    return Long.parseUnsignedLong(gtid.substring(gtid.lastIndexOf('-') + 1));
  }

  @Override
  public String now(Connection primary) throws SQLException {
    return valid(Positions.ask(primary, "SELECT @@gtid_binlog_pos").orElse(""));
  }
}
