package dev.inmesh.jdbc.position;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * MySQL's sets of GTIDs, {@code <uuid>:1-270}. What one session has written, only its driver could
 * hear ({@code session_track_gtids}); all that was executed on the primary by then is asked
 * instead, which is more. Not tried on a server: there is none among the tests.
 */
final class MySqlGtids implements Positions {

  private static final String UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
  private static final String RANGES =
      "(?::[a-z_][a-z0-9_]{0,31})?(?::[0-9]{1,19}(?:-[0-9]{1,19})?)+";
  private static final Pattern SET =
      Pattern.compile(UUID + RANGES + "(?:," + UUID + RANGES + ")*+");
  private static final int LONGEST = 4096;

  @Override
  public Optional<String> written(Connection primary) throws SQLException {
    return Optional.of(now(primary));
  }

  @Override
  public String now(Connection primary) throws SQLException {
    String all =
        Positions.ask(primary, "SELECT @@global.gtid_executed").orElse("").replaceAll("\\s", "");
    return parse(all)
        .orElseThrow(() -> new SQLException("the server has no GTIDs (gtid_mode), or too many"));
  }

  @Override
  public boolean reached(Connection replica, String position) throws SQLException {
    return Positions.ask(replica, "SELECT GTID_SUBSET(?, @@global.gtid_executed)", position)
        .equals(Optional.of("1"));
  }

  @Override
  public Optional<String> parse(String text) {
    boolean fits = text.length() <= LONGEST && SET.matcher(text).matches();
    return fits ? Optional.of(text) : Optional.empty();
  }

  /** As MySQL reads it, a list of sets is what is in any of them. */
  @Override
  public String later(String one, String other) {
    return one.equals(other) ? one : one + "," + other;
  }
}
