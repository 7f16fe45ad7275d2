package dev.inmesh.event;

import java.util.Locale;

/** The states of a breaker; the ordinal is the value of its gauge. */
public enum BreakerState {
  CLOSED,
  HALF_OPEN,
  OPEN;

  /** The name in messages: lower case. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
