package dev.inmesh.samples.shop;

import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

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

  private final Recorder latencies = new Recorder(DIGITS);
  private final LongAdder good = new LongAdder();

  void add(long nanos, boolean success) {
    latencies.recordValue(nanos);
    if (success) {
      good.increment();
    }
  }

  /** Looks, and starts anew; for one thread. */
  Look look() {
    Histogram seen = latencies.getIntervalHistogram();
    // What comes between the two lines counts as good now and as ended at the next look.
    long ended = seen.getTotalCount();
    return new Look(
        ended,
        Math.min(ended, good.sumThenReset()),
        Span.millis(seen.getValueAtPercentile(50)),
        Span.millis(seen.getValueAtPercentile(95)),
        Span.millis(seen.getValueAtPercentile(99)));
  }
}
