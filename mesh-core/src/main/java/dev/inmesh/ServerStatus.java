package dev.inmesh;

import java.time.Duration;
import java.util.Locale;

/**
 * One server of an upstream at one moment. Immutable.
 *
 * <pre>{@code
 * mesh.upstream("inventory").servers().forEach(System.out::println);
 * // 10.0.0.3:5000 ejected (connect refused x3, 1800 ms left) weight=5 inFlight=0 latency=0 ms
 * }</pre>
 *
 * @param address {@code host:port}
 * @param state the strongest reason not to use it, or {@link State#UP}
 * @param reason why it is in this state; when up, what is held against it, or empty
 * @param timeLeft until the state may change by itself at the earliest; zero when it won't
 * @param weight its configured weight
 * @param backup whether it is used only when no other server can be
 * @param inFlight attempts running now
 * @param latency moving average of about the last 16 good answers; zero without one
 */
public record ServerStatus(
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
    /** Attempts go to it. */
    UP,
    /** Out on evidence; one probe decides at the end of its time, or its health checks do. */
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

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(address).append(' ');
    text.append(state.name().toLowerCase(Locale.ROOT));
    if (!reason.isEmpty()) {
      text.append(" (").append(reason);
      if (!timeLeft.isZero()) {
        text.append(", ").append(timeLeft.toMillis()).append(" ms left");
      }
      text.append(')');
    }
    return text.append(" weight=")
        .append(weight)
        .append(" inFlight=")
        .append(inFlight)
        .append(" latency=")
        .append(latency.toMillis())
        .append(" ms")
        .toString();
  }
}
