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

  /** One step of SplitMix64 (Steele, Lea, Flood 2014): cheaper than another draw of the source. */
  static long mix(long bits) {
    long z = bits + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
