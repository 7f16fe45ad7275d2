package dev.inmesh.event;

import java.util.Locale;

/** Where the answer of a call came from: the first word of the {@code mesh-source} header. */
public enum Source {
  LIVE,
  RETRY,
  STALE,
  DEFAULT;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name in tags and in the header: lower case. */
  public String tag() {
    return tag;
  }
}
