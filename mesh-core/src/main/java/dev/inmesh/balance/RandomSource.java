package dev.inmesh.balance;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Where random numbers come from, so that a simulation can replay them. Implementations are safe
 * for concurrent use.
 */
@FunctionalInterface
public interface RandomSource {

  /** 64 uniform bits. */
  long nextLong();

  /** The random numbers of the calling thread. */
  static RandomSource perThread() {
    return () -> ThreadLocalRandom.current().nextLong();
  }

  /**
   * A number from 0 to {@code bound - 1}, by multiplication of the high 32 bits (Lemire, "Fast
   * random integer generation in an interval", 2019, without the rejection step: the bias is below
   * {@code bound / 2^32}).
   */
  default int below(int bound) {
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** A number in [0, 1). */
  default double unit() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }
}
