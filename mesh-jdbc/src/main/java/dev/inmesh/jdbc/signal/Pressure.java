package dev.inmesh.jdbc.signal;

import java.util.List;

/**
 * How much of the time somebody waited for a disk, as the kernel counts it: the growth of its total
 * by that of the clock. For one thread at a time.
 */
final class Pressure {

  /** Rounding of the clocks; more of the time than there was is none that can be believed. */
  private static final double MOST_PERCENT = 120;

  private boolean begun;
  private double totalBefore;
  private long nanosBefore;

  /**
   * @param totalMillis grows by the time in which somebody waits
   */
  List<Measure> next(double totalMillis, long nanos) {
    double waited = totalMillis - totalBefore;
    double passed = (nanos - nanosBefore) / 1e6;
    boolean known = begun;
    begun = true;
    totalBefore = totalMillis;
    nanosBefore = nanos;
    double percent = 100 * waited / passed;
    if (!known || !(passed > 0 && percent >= 0 && percent <= MOST_PERCENT)) {
      return List.of();
    }
    return List.of(new Measure(DiskOperation.PRESSURE, Math.min(100, percent)));
  }

  void forget() {
    begun = false;
  }
}
