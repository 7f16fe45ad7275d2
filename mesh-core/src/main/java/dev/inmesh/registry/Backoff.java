package dev.inmesh.registry;

import java.util.function.DoubleSupplier;

/**
 * How long to wait before a registry is asked again: 100 ms at first, twice as long each time, 2 s
 * at most; each between half and all of that, so that a thousand clients don't come back as one.
 * Not safe for concurrent use.
 */
final class Backoff {

  static final long LONGEST_NANOS = 2_000_000_000L;

  private static final long FIRST_NANOS = 100_000_000L;

  private final DoubleSupplier random;
  private long next = FIRST_NANOS;

  /**
   * @param random from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** The registry has answered. */
  void reset() {
    next = FIRST_NANOS;
  }

  /** The next wait, in nanoseconds. */
  long nextNanos() {
    long most = next;
    next = Math.min(2 * most, LONGEST_NANOS);
    long half = most / 2;
    return half + (long) (half * random.getAsDouble());
  }
}
