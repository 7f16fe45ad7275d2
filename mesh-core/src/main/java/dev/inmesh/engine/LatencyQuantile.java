package dev.inmesh.engine;

import java.util.Arrays;

/**
 * A running quantile of latencies in one number: each sample moves the estimate up or down by 2 %
 * with the odds of the quantile, so that it comes to rest where that share of the samples lies
 * below. After Ma, Muthukrishnan and Sandler, "Frugal streaming for estimating quantiles" (2013),
 * with a step in proportion to the estimate instead of a fixed one. The hundredth sample puts it
 * where the first hundred say: in small steps, a slow start would be remembered for thousands.
 *
 * <p>Safe for concurrent use: two samples at once may count as one, which the next ones mend.
 */
final class LatencyQuantile {

  private static final double STEP = 0.02;
  private static final int SETTLED = 100;

  private final double share;
  private final double up;
  private final double down;
  private final long[] first = new long[SETTLED];
  private int filled;
  private volatile boolean settled;
  private volatile double estimate;

  /**
   * @param share the share of samples below the quantile, in (0, 1)
   */
  LatencyQuantile(double share) {
    this.share = share;
    this.up = 1 + STEP * share;
    this.down = 1 - STEP * (1 - share);
  }

  void add(long nanos) {
    if (!settled && settle(nanos)) {
      return;
    }
    double current = estimate;
    if (current == 0) {
      estimate = nanos;
    } else if (nanos != current) {
      estimate = current * (nanos > current ? up : down);
    }
  }

  /** True for the sample that settles it. */
  private synchronized boolean settle(long nanos) {
    if (filled == SETTLED) {
      return false;
    }
    first[filled++] = nanos;
    if (filled < SETTLED) {
      return false;
    }
    long[] sorted = first.clone();
    Arrays.sort(sorted);
    estimate = sorted[(int) (share * (SETTLED - 1))];
    settled = true;
    return true;
  }

  /** A sample of which only a lower bound is known: it says something if that is above. */
  void addAtLeast(long nanos) {
    if (nanos >= (long) estimate) {
      add(Math.max(nanos, (long) estimate + 1));
    }
  }

  /** In nanoseconds; 0 until a hundred samples have been taken. */
  long settledNanos() {
    return settled ? nanos() : 0;
  }

  /** In nanoseconds; 0 without a sample. */
  long nanos() {
    return (long) estimate;
  }
}
