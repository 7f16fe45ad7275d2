package dev.inmesh.jdbc;

import dev.inmesh.call.Deadline;
import dev.inmesh.timer.Timers;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long statements may take: the database's own timeout, or what is left of the ambient {@link
 * Deadline} if that is less. Safe for concurrent use.
 */
final class TimeLimits {

  private final String database;
  private final LongSupplier timeoutNanos;
  private final Timers timers;
  private final Executor stops;

  /**
   * @param timeoutNanos 0 for none
   * @param stops runs what stops statements, which may block
   */
  TimeLimits(String database, LongSupplier timeoutNanos, Timers timers, Executor stops) {
    this.database = database;
    this.timeoutNanos = timeoutNanos;
    this.timers = timers;
    this.stops = stops;
  }

  /** Whether anything bounds what begins now in this thread. */
  boolean isTimed() {
    return timeoutNanos.getAsLong() != 0 || Deadline.current().isPresent();
  }

  /**
   * Begins one.
   *
   * @param held the connection that is used, if there is one already
   * @throws SQLTimeoutException when nothing is left: before a byte is sent
   */
  TimeLimit begin(@Nullable Physical held) throws SQLException {
    long start = System.nanoTime();
    long timeout = timeoutNanos.getAsLong();
    long own = timeout == 0 ? Long.MAX_VALUE : timeout;
    long page = Deadline.limitNanos(start);
    if (page <= 0) {
      throw new SQLTimeoutException(database + ": not begun, since the deadline is over", "HYT00");
    }
    TimeLimit limit =
        new TimeLimit(database, timers, stops, start, Math.min(own, page), page < own, held);
    limit.begin();
    return limit;
  }
}
