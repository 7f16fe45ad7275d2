package dev.inmesh.simulation;

/** Virtual time is counted in nanoseconds from the start of a run. */
final class Nanos {

  static final long SECOND = 1_000_000_000;

  private Nanos() {}

  static long ofSeconds(double seconds) {
    return Math.round(seconds * 1e9);
  }

  static long ofMillis(double millis) {
    return Math.round(millis * 1e6);
  }
}
