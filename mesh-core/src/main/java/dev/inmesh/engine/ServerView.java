package dev.inmesh.engine;

import java.time.Duration;

/**
 * One server of an upstream at one moment, as the engine sees it. Immutable.
 *
 * @param state the strongest reason not to use it, or {@link State#UP}
 * @param reason why it is in this state; when up, what is held against it, or empty
 * @param timeLeft until the state may change by itself at the earliest; zero when it won't
 * @param inFlight attempts running now, over all routes
 * @param latency moving average of about the last 16 answers; zero without one
 */
public record ServerView(
    String address,
    State state,
    String reason,
    Duration timeLeft,
    int weight,
    boolean backup,
    int inFlight,
    Duration latency) {

  /** Whether attempts go to the server, or why not. */
  public enum State {
    UP,
    /** Out on evidence; a probe decides at the end of its time, or its health checks do. */
    EJECTED,
    /** It asked to be left alone (Retry-After). */
    WAITING,
    /** No new attempts, on request; some are still running. */
    DRAINING,
    /** No attempts, on request. */
    DRAINED,
    /** {@code down} in its entry. */
    DOWN,
    /** Outside the region fence. */
    FENCED
  }
}
