package dev.inmesh.simulation;

import dev.inmesh.balance.RandomSource;

/**
 * Seeded random numbers: SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014). Logarithms are {@link StrictMath}'s, so that a seed means the same numbers on
 * every machine.
 */
final class Draws implements RandomSource {

  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** Each stream of a seed is independent of the others. */
  Draws(long seed, long stream) {
    this.state = mix(mix(seed * GAMMA) + stream * GAMMA);
  }

  @Override
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** A time between two events of a Poisson process. */
  double exponential(double mean) {
    return exponential(mean, unit());
  }

  static double exponential(double mean, double unit) {
    return -mean * StrictMath.log(1 - unit);
  }

  /**
   * A number in [0, 1) that belongs to this key, whatever was drawn before: each balancer must meet
   * the same requests.
   */
  static double unit(long seed, long key) {
    return (mix(mix(seed * GAMMA) ^ mix(key * GAMMA + 1)) >>> 11) * 0x1.0p-53;
  }

  static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
