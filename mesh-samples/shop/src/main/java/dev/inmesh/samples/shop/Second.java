package dev.inmesh.samples.shop;

import org.HdrHistogram.Histogram;

/** What ended since the last look: how many, how many well, how fast. Safe for concurrent use. */
final class Second {

  /** Latencies are kept to three digits. */
  private static final int DIGITS = 3;

  /**
   * What was seen. Latencies are in milliseconds.
   *
   * @param ended all that ended
   * @param good those that ended well
   */
  record Look(long ended, long good, double p50, double p95, double p99) {}

  private final Histogram latencies = new Histogram(DIGITS);
  private long good;

  synchronized void add(long nanos, boolean success) {
    latencies.recordValue(nanos);
    good += success ? 1 : 0;
  }

  /** Looks, and starts anew. */
  synchronized Look look() {
    Look look =
        new Look(
            latencies.getTotalCount(),
            good,
            Span.millis(latencies.getValueAtPercentile(50)),
            Span.millis(latencies.getValueAtPercentile(95)),
            Span.millis(latencies.getValueAtPercentile(99)));
    latencies.reset();
    good = 0;
    return look;
  }
}
