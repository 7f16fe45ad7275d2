package dev.inmesh.jdbc;

import dev.inmesh.event.Failure;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the exceptions of drivers and pools say of a server. */
final class Faults {

  /** No chain of causes is longer, unless it is a circle. */
  private static final int MOST_CAUSES = 50;

  /** The server goes down or refuses everybody, as PostgreSQL says it. */
  private static final Set<String> GOING_DOWN = Set.of("57P01", "57P02", "57P03", "57P05");

  /** "Query canceled", as PostgreSQL and H2 say it where others throw a timeout. */
  private static final String STOPPED = "57014";

  /** A write was refused since the server, or the session, is read-only. */
  private static final String READ_ONLY = "25006";

  /** Only ever the server, as MySQL and MariaDB say it. */
  private static final Set<Integer> READ_ONLY_SERVER = Set.of(1290, 1836);

  private Faults() {}

  /** Why no connection was made. */
  static Failure ofOpening(Throwable thrown) {
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < MOST_CAUSES; t = t.getCause()) {
      depth++;
      String message = String.valueOf(t.getMessage());
      if (t instanceof ConnectException) {
        return message.contains("timed out") ? Failure.CONNECT_TIMEOUT : Failure.REFUSED;
      }
      if (t instanceof SocketTimeoutException
          || t instanceof SQLTimeoutException
          || t instanceof InterruptedException) {
        // Who waits for a pool is interrupted when the time is up.
        return Failure.CONNECT_TIMEOUT;
      }
    }
    return Failure.CONNECT;
  }

  /** What a failed statement says against the server; null when it answered. */
  static @Nullable Failure ofStatement(Throwable thrown) {
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < MOST_CAUSES; t = t.getCause()) {
      depth++;
      if (t instanceof SQLException e && isConnection(e.getSQLState())) {
        return Failure.ERROR;
      }
    }
    return null;
  }

  /** Whether a statement was stopped for its time, or by somebody. */
  static boolean isStopped(Throwable thrown) {
    return thrown instanceof SQLTimeoutException
        || (thrown instanceof SQLException e && STOPPED.equals(e.getSQLState()));
  }

  /** Whether the connection broke, or the server says that it goes down. */
  static boolean isGone(Throwable thrown) {
    return ofStatement(thrown) != null;
  }

  /** Whether a server that took writes refuses them now. */
  static boolean isReadOnly(Throwable thrown) {
    return mayBeOfSession(thrown)
        || (thrown instanceof SQLException e && READ_ONLY_SERVER.contains(e.getErrorCode()));
  }

  /** Whether the session's own setting may be what refused the write. */
  static boolean mayBeOfSession(Throwable thrown) {
    return thrown instanceof SQLException e && READ_ONLY.equals(e.getSQLState());
  }

  private static boolean isConnection(@Nullable String state) {
    return state != null && (state.startsWith("08") || GOING_DOWN.contains(state));
  }
}
