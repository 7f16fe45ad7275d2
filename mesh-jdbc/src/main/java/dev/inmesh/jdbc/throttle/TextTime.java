package dev.inmesh.jdbc.throttle;

import java.util.Objects;

/**
 * What the statements of one text took in one window. Immutable.
 *
 * @param text the text, or whatever stands for it in {@code equals}
 * @param count statements that ended, not negative
 * @param nanos what they took together
 */
public record TextTime(Object text, long count, long nanos) {

  /** Refuses what can't be. */
  public TextTime {
    Objects.requireNonNull(text, "text");
    if (count < 0 || nanos < 0) {
      throw new IllegalArgumentException("count " + count + ", nanos " + nanos + ": negative");
    }
  }
}
