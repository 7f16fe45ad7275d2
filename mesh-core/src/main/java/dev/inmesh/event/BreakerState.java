package dev.inmesh.event;

import java.util.Locale;

/** The states of a breaker; each with the value of its gauge. */
public enum BreakerState {
  CLOSED(0),
  HALF_OPEN(1),
  OPEN(2);

  private final int level;

  BreakerState(int level) {
    this.level = level;
  }

  /** The value of the gauge. */
  public int level() {
    return level;
  }

  /** The name in messages: lower case. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
