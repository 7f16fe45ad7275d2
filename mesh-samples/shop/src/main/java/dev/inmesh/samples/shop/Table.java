package dev.inmesh.samples.shop;

import dev.inmesh.ServerStatus;
import java.util.Locale;

/** The table of one second: a line for each server, one for the upstream. For one thread. */
final class Table {

  private static final String CLEAR = "\033[H\033[2J";

  private final StringBuilder text = new StringBuilder();

  /**
   * A table with nothing but its head.
   *
   * @param clear whether the screen is cleared before it
   */
  Table(boolean clear, String title) {
    text.append(clear ? CLEAR : System.lineSeparator())
        .append(title)
        .append(System.lineSeparator());
    line(
        "NAME", "SERVER", "STATE", "WEIGHT", "SUCCESS", "RPS", "P50", "P95", "P99", "INFLIGHT", "");
  }

  /** The line of a server: its attempts. */
  Table server(String name, ServerStatus status, Second.Look attempts) {
    String state = status.state().name().toLowerCase(Locale.ROOT);
    row(name, status.address(), state, status.weight(), attempts, status.inFlight(), why(status));
    return this;
  }

  /** The line of the upstream: the calls, of which those that a server answered are successes. */
  Table upstream(String name, String breaker, int weight, Second.Look calls, int active) {
    row(name, "all", breaker, weight, calls, active, "");
    return this;
  }

  private static String why(ServerStatus status) {
    if (status.timeLeft().isZero()) {
      return status.reason();
    }
    double seconds = status.timeLeft().toMillis() / 1000.0;
    return String.format(Locale.ROOT, "%s, %.1fs left", status.reason(), seconds);
  }

  private void row(
      String name,
      String server,
      String state,
      int weight,
      Second.Look look,
      int inFlight,
      String why) {
    boolean any = look.ended() > 0;
    line(
        name,
        server,
        state,
        String.valueOf(weight),
        any ? decimal(100.0 * look.good() / look.ended()) + "%" : "-",
        String.valueOf(look.ended()),
        any ? decimal(look.p50()) : "-",
        any ? decimal(look.p95()) : "-",
        any ? decimal(look.p99()) : "-",
        String.valueOf(inFlight),
        why);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private void line(Object... cells) {
    String line =
        String.format(Locale.ROOT, "%-11s %-15s %-9s %6s %8s %6s %7s %7s %7s %8s  %s", cells);
    text.append(line.stripTrailing()).append(System.lineSeparator());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
