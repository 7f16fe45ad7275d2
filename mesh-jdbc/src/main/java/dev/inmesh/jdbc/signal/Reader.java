package dev.inmesh.jdbc.signal;

import dev.inmesh.config.ThrottleSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the settings say, or the best there is, and looks each minute whether there is
 * something better. For one thread at a time, but for {@link #isGlimpsed} and {@link #abort}.
 */
final class Reader {

  /** What is switched off may be switched on; what is read, be bettered. */
  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A server that can't be connected to isn't tried more often. */
  private static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Between two readings; otherwise the machine slept, or the clock was set. */
  private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final double NANOS_IN_SECOND = 1e9;

  private final Dedicated server;
  private final Detection detection;
  private final Consumer<String> notices;
  private volatile boolean glimpsed;
  private @Nullable Source source;
  private @Nullable ThrottleSettings chosenBy;
  private long chosenNanos;
  private long readNanos;
  private long pauseNanos;
  private boolean pingFailed;
  private long pingFailedNanos;

  /**
   * What was read.
   *
   * @param what it was read of
   */
  record Reading(String what, List<Measure> measures) {}

  Reader(Dedicated server, Detection detection, Consumer<String> notices) {
    this.server = server;
    this.detection = detection;
    this.notices = notices;
  }

  /** Whether it should be looked at between two readings. */
  boolean isGlimpsed() {
    return glimpsed;
  }

  /** How long it needn't be read again after it was absent. */
  long pauseNanos() {
    return pauseNanos;
  }

  /**
   * When it throws, the next reading begins anew.
   *
   * @throws AbsentException if there is no signal; the message says why
   */
  Reading read(ThrottleSettings settings, long now) throws AbsentException {
    pauseNanos = 0;
    try {
      return known(settings, now);
    } catch (AbsentException e) {
      drop(settings);
      if (e.isForGood()) {
        server.close();
        pauseNanos = Long.MAX_VALUE;
      }
      throw e;
    } catch (SQLException | IOException | RuntimeException | LinkageError e) {
      drop(settings);
      server.check();
      pauseNanos = server.isOpen() ? 0 : DEAD_NANOS;
      throw AbsentException.because("the server can't be asked", e);
    }
  }

  private Reading known(ThrottleSettings settings, long now)
      throws SQLException, IOException, AbsentException {
    Source before = source;
    Source known = choose(settings, now);
    long since = now - readNanos;
    readNanos = now;
    if (known == before && (since < 0 || since > GAP_NANOS)) {
      known.forget();
      notices.accept(
          String.format(
              "the clock went %.0f s since the last poll: counted anew", since / NANOS_IN_SECOND));
    }
    try {
      return new Reading(known.what(), known.read(now));
    } catch (ChangedException e) {
      forget();
      return other(settings, now);
    }
  }

  private Reading other(ThrottleSettings settings, long now)
      throws SQLException, IOException, AbsentException {
    try {
      Source chosen = choose(settings, now);
      return new Reading(chosen.what(), chosen.read(now));
    } catch (ChangedException e) {
      throw new AbsentException("the settings of the server change again and again");
    }
  }

  private Source choose(ThrottleSettings settings, long now) throws SQLException, AbsentException {
    Source known = source;
    boolean same = known != null && settings.equals(chosenBy);
    if (known != null && same && (isFixed(settings) || now - chosenNanos < AGAIN_NANOS)) {
      return known;
    }
    pauseNanos = AGAIN_NANOS;
    Source chosen = detection.choose(settings);
    pauseNanos = 0;
    chosenNanos = now;
    if (known != null && same && known.what().equals(chosen.what())) {
      chosen.close();
      return known;
    }
    forget();
    chosenBy = settings;
    source = chosen;
    glimpsed = chosen.isGlimpsed();
    return chosen;
  }

  /** Looks at what is only seen while it is. */
  void look() {
    Source known = source;
    try {
      if (known != null) {
        known.look();
      }
    } catch (SQLException | AbsentException | RuntimeException e) {
      // The next reading will meet it, too, and say so.
      server.check();
    }
  }

  /** How long the server takes for a round trip, in milliseconds; empty where it can't be asked. */
  OptionalDouble ping(long now) {
    if (pingFailed && now - pingFailedNanos < DEAD_NANOS) {
      return OptionalDouble.empty();
    }
    try {
      OptionalDouble millis = server.ping();
      pingFailed = false;
      return millis;
    } catch (SQLException | AbsentException | RuntimeException e) {
      server.check();
      pingFailed = true;
      pingFailedNanos = now;
      return OptionalDouble.empty();
    }
  }

  /** Something may take the place of what a server has; not of what somebody named. */
  private static boolean isFixed(ThrottleSettings settings) {
    return switch (settings.source()) {
      case AUTO, POSTGRESQL, MYSQL -> false;
      case HOST, PROMETHEUS, SQL, FILE, URL -> true;
    };
  }

  private void drop(ThrottleSettings settings) {
    Source known = source;
    if (known != null && isFixed(settings) && settings.equals(chosenBy)) {
      known.forget();
    } else {
      forget();
    }
  }

  private void forget() {
    Source known = source;
    source = null;
    glimpsed = false;
    if (known != null) {
      known.close();
    }
  }

  /** What is being read fails. */
  void abort() {
    server.abort();
  }

  /** Gives all back. */
  void end() {
    forget();
    server.close();
  }
}
