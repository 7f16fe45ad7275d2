package dev.inmesh.event;

import java.util.Locale;

/** What a server is ejected on. */
public enum Evidence {
  /** It refused connections, or its address may not be connected to: nothing is there for us. */
  REFUSED,
  /** Failures in a row, or {@code max_fails} of them within {@code fail_timeout}. */
  FAILURES,
  /** It succeeds less often than the others. */
  SUCCESS_RATE,
  /** It takes longer than the others, and less weight didn't mend that. */
  LATENCY,
  /** It failed its health checks. */
  HEALTH_CHECK;

  /** The value of the metrics' tag. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether no request can have brought it about. */
  public boolean isBeyondDoubt() {
    return this == REFUSED || this == HEALTH_CHECK;
  }
}
