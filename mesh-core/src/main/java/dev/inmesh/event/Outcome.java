package dev.inmesh.event;

import java.util.Locale;

/** How an attempt or a call ended, as the engine judges it. */
public enum Outcome {
  SUCCESS,
  /** The server's fault. */
  FAILURE,
  /** Overload, said politely: 429, or 503 with Retry-After. */
  REJECTION,
  /** Not the server's fault: cancelled, this JVM paused, the caller's own bad request. */
  IGNORED;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name in tags: lower case. */
  public String tag() {
    return tag;
  }
}
