package dev.inmesh.event;

import java.util.Locale;

/** Where the answer of a call came from: the first word of the {@code mesh-source} header. */
public enum Source {
  LIVE,
  RETRY,
  HEDGE,
  STALE,
  DEFAULT;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** Whether a server answered this very call. */
  public boolean isLive() {
    return this == LIVE || this == RETRY || this == HEDGE;
  }

  /** The name in tags and in the header: lower case. */
  public String tag() {
    return tag;
  }
}
