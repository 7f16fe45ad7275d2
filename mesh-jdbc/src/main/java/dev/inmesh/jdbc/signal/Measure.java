package dev.inmesh.jdbc.signal;

import java.util.Objects;

/**
 * How long one kind of operation took, in one window. Immutable.
 *
 * @param value in the operation's unit, finite and not negative
 * @param perSecond how many operations a second there were on the whole server, by all its clients;
 *     0 where that isn't known
 */
public record Measure(DiskOperation operation, double value, double perSecond) {

  private static final double MILLIS_IN_SECOND = 1000;

  /** Where it isn't known how many there were. */
  public Measure(DiskOperation operation, double value) {
    this(operation, value, 0);
  }

  /** Refuses what is no number. */
  public Measure {
    Objects.requireNonNull(operation, "operation");
    requireNumber(operation, value);
    requireNumber(operation, perSecond);
  }

  /** How many there were at a time, by Little's law; 0 where that isn't known. */
  public double atATime() {
    return perSecond * value / MILLIS_IN_SECOND;
  }

  private static void requireNumber(DiskOperation operation, double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(operation.tag() + " " + value + ": not a measure");
    }
  }
}
