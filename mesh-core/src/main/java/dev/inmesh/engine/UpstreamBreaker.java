package dev.inmesh.engine;

import dev.failsafe.CircuitBreaker;
import dev.inmesh.config.UpstreamSettings.Breaker;
import dev.inmesh.event.BreakerState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of a whole upstream, on Failsafe: it counts, compares with the thresholds and gives
 * the half-open permits. The only class that knows Failsafe. Safe for concurrent use.
 *
 * <p>Three things are handled here that Failsafe leaves open:
 *
 * <ul>
 *   <li>Its clock can't be handed in. So its thresholds go by count and its own delay never ends;
 *       the first call after {@code breaker.open-duration}, by the engine's clock, half-opens it.
 *   <li>A half-open permit comes back only with a recorded result. A call that ends without one
 *       (cancelled, this JVM paused) leaves its permit in {@link Permit#spare}, where the next call
 *       finds it: each permit ends in exactly one record, however many calls hold it in turn.
 *   <li>A result of a call that was admitted in an earlier state says nothing about this one: it is
 *       dropped, since it would count as one of the half-open results.
 * </ul>
 */
final class UpstreamBreaker {

  /** A stay in one state; what a call holds while it runs. */
  static final class Permit {
    private final BreakerState state;
    private final long since;

    /** Half-open permits that Failsafe has given and no call holds; guarded by the breaker. */
    private int spare;

    private Permit(BreakerState state, long since) {
      this.state = state;
      this.since = since;
    }
  }

  private static final Duration NEVER = Duration.ofDays(365);

  /** Told of a change of the state, under the breaker's lock. */
  interface Listener {
    void changed(BreakerState before, BreakerState now);
  }

  private final Listener listener;
  private Breaker settings;
  private CircuitBreaker<Object> breaker;
  private volatile Permit current;

  UpstreamBreaker(Breaker settings, Listener listener, long now) {
    this.settings = settings;
    this.listener = listener;
    this.breaker = build(settings);
    this.current = new Permit(BreakerState.CLOSED, now);
  }

  private static CircuitBreaker<Object> build(Breaker settings) {
    int failures = (int) Math.ceil(settings.failureRate() * settings.window());
    int calls = settings.halfOpenCalls();
    int failuresToOpen = (int) Math.max(1, Math.ceil(settings.failureRate() * calls));
    return CircuitBreaker.builder()
        .withFailureThreshold(Math.max(1, failures), settings.window())
        .withSuccessThreshold(calls - failuresToOpen + 1, calls)
        .withDelay(NEVER)
        .build();
  }

  /** Other thresholds from now on. The state stays; the window starts anew if it changed. */
  synchronized void apply(Breaker newSettings) {
    if (newSettings.equals(settings)) {
      return;
    }
    settings = newSettings;
    breaker = build(newSettings);
    switch (current.state) {
      case CLOSED -> {}
      case OPEN -> breaker.open();
      case HALF_OPEN -> {
        breaker.halfOpen();
        current = new Permit(BreakerState.HALF_OPEN, current.since);
      }
    }
    if (!newSettings.enabled() && current.state != BreakerState.CLOSED) {
      breaker.close();
      enter(BreakerState.CLOSED, current.since);
    }
  }

  BreakerState state() {
    return current.state;
  }

  /** How long no call passes yet, in nanoseconds; 0 when calls may pass. */
  synchronized long openNanosLeft(long now) {
    return current.state == BreakerState.OPEN
        ? Math.max(0, settings.openDuration().toNanos() - (now - current.since))
        : 0;
  }

  /** A permit that must be given back exactly once, or null when the call may not pass. */
  @Nullable Permit tryAcquire(long now) {
    Permit permit = current;
    return permit.state == BreakerState.CLOSED ? permit : tryAcquireNotClosed(now);
  }

  private synchronized @Nullable Permit tryAcquireNotClosed(long now) {
    if (current.state == BreakerState.OPEN
        && now - current.since >= settings.openDuration().toNanos()) {
      breaker.halfOpen();
      enter(BreakerState.HALF_OPEN, now);
    }
    return switch (current.state) {
      case CLOSED -> current;
      case OPEN -> null;
      case HALF_OPEN -> {
        if (current.spare > 0) {
          current.spare--;
          yield current;
        }
        yield breaker.tryAcquirePermit() ? current : null;
      }
    };
  }

  /** Gives the permit back with the result of its call. */
  synchronized void record(Permit permit, boolean success, long now) {
    if (permit != current || !settings.enabled()) {
      return;
    }
    if (success) {
      breaker.recordSuccess();
    } else {
      breaker.recordFailure();
    }
    BreakerState state =
        switch (breaker.getState()) {
          case CLOSED -> BreakerState.CLOSED;
          case OPEN -> BreakerState.OPEN;
          case HALF_OPEN -> BreakerState.HALF_OPEN;
        };
    if (state != current.state) {
      enter(state, now);
    }
  }

  /** Gives the permit back without a result; the next call may have it. */
  void ignore(Permit permit) {
    if (permit.state == BreakerState.HALF_OPEN) {
      synchronized (this) {
        permit.spare++;
      }
    }
  }

  private void enter(BreakerState state, long now) {
    BreakerState before = current.state;
    current = new Permit(state, now);
    listener.changed(before, state);
  }
}
