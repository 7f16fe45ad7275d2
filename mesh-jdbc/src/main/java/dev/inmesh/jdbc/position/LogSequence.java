package dev.inmesh.jdbc.position;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * PostgreSQL's log sequence numbers, {@code 16/B374D848}: the place in the log up to which a
 * standby has replayed. It is that of the whole server, so that a connection's own writes are
 * before it, and others' too.
 */
final class LogSequence implements Positions {

  private static final Pattern NUMBER = Pattern.compile("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}");

  @Override
  public Optional<String> written(Connection primary) throws SQLException {
    return Optional.of(now(primary));
  }

  /**
   * Where the next record will be: with {@code synchronous_commit=off} a commit is acknowledged
   * before it is in the log that was written or flushed, but never before it was inserted.
   */
  @Override
  public String now(Connection primary) throws SQLException {
    return Positions.ask(primary, "SELECT pg_current_wal_insert_lsn()")
        .flatMap(this::parse)
        .orElseThrow(() -> new SQLException("the server names no place in its log"));
  }

  /** A server that was never a standby has replayed nothing. */
  @Override
  public boolean reached(Connection replica, String position) throws SQLException {
    Optional<String> replayed =
        Positions.ask(replica, "SELECT pg_last_wal_replay_lsn()").flatMap(this::parse);
    return replayed.isPresent() && Long.compareUnsigned(of(replayed.get()), of(position)) >= 0;
  }

  @Override
  public Optional<String> parse(String text) {
    return NUMBER.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  @Override
  public String later(String one, String other) {
    return Long.compareUnsigned(of(one), of(other)) >= 0 ? one : other;
  }

  private static long of(String position) {
    int slash = position.indexOf('/');
    long high = Long.parseLong(position, 0, slash, 16);
    return high << 32 | Long.parseLong(position, slash + 1, position.length(), 16);
  }
}
