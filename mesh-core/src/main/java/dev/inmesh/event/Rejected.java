package dev.inmesh.event;

import java.util.Locale;

/** Why a call was refused before any attempt, or a further attempt was. */
public enum Rejected {
  BREAKER,
  LIMIT,
  NO_SERVER,
  DEADLINE,
  /** A further attempt: the budget is used up. */
  BUDGET;

  private final String tag = name().toLowerCase(Locale.ROOT);

  /** The name in tags: lower case. */
  public String tag() {
    return tag;
  }
}
