package dev.inmesh.jdbc;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;

/**
 * A statement was not sent, because the disk of its server is too slow for more of its class just
 * now. Nothing was done, and no transaction that had begun was broken off: it may be tried again
 * later, a batch by {@code executeBatch} alone, since it is still there. Its message says how slow
 * the disk was found to be, and what the limit is.
 *
 * <p>Its SQLState is {@code 53400}, which pools don't take for the end of a connection. See {@link
 * ThrottledResponse} for what an HTTP server answers.
 */
public final class ThrottledException extends SQLTransientConnectionException {

  /** "Configuration limit exceeded", of PostgreSQL's class of insufficient resources. */
  private static final String STATE = "53400";

  private static final long serialVersionUID = 1L;

  private final QueryClass queryClass;
  private final Duration retryAfter;

  ThrottledException(String message, QueryClass queryClass, Duration retryAfter) {
    super(Objects.requireNonNull(message, "message"), STATE);
    this.queryClass = Objects.requireNonNull(queryClass, "queryClass");
    this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
  }

  /** The class of the statement. */
  public QueryClass queryClass() {
    return queryClass;
  }

  /** When it is worth being tried again, at the earliest; whole seconds, at least one. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
