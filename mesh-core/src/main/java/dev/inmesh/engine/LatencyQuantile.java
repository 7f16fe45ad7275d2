package dev.inmesh.engine;

/**
 * A running quantile of latencies in one number: each sample moves the estimate up or down by 2 %
 * with the odds of the quantile, so that it comes to rest where that share of the samples lies
 * below. After Ma, Muthukrishnan and Sandler, "Frugal streaming for estimating quantiles" (2013),
 * with a step in proportion to the estimate instead of a fixed one.
 *
 * <p>Safe for concurrent use: two samples at once may count as one, which the next ones mend.
 */
final class LatencyQuantile {

  private static final double STEP = 0.02;

  /** So many samples carry the estimate from one end of a usual distribution to the other. */
  private static final int SETTLED = 100;

  private final double up;
  private final double down;
  private volatile double estimate;
  private volatile int samples;

  /**
   * @param share the share of samples below the quantile, in (0, 1)
   */
  LatencyQuantile(double share) {
    this.up = 1 + STEP * share;
    this.down = 1 - STEP * (1 - share);
  }

  void add(long nanos) {
    double current = estimate;
    int before = samples;
    if (before < SETTLED) {
      samples = before + 1;
    }
    if (current == 0) {
      estimate = nanos;
    } else if (nanos != current) {
      estimate = current * (nanos > current ? up : down);
    }
  }

  /** In nanoseconds; 0 until the estimate is worth something. */
  long settledNanos() {
    return samples < SETTLED ? 0 : nanos();
  }

  /** In nanoseconds; 0 without a sample. */
  long nanos() {
    return (long) estimate;
  }
}
