package dev.inmesh.jdbc.throttle;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * What is usual: the 25th percentile of the windows of the last ten minutes. Low, so that an hour
 * of trouble doesn't pass for usual before three quarters of the windows are bad; no minimum, which
 * a single lucky window would set. Unknown until there are enough windows. Not safe for concurrent
 * use.
 */
final class Baseline {

  private static final long KEPT_NANOS = 600_000_000_000L;
  private static final double SHARE = 0.25;

  private final int fewest;
  private final double[] values;
  private final long[] times;
  private int next;
  private int size;

  /**
   * @param most windows kept, the latest
   * @param fewest windows, before which nothing is known
   */
  Baseline(int most, int fewest) {
    this.fewest = fewest;
    this.values = new double[most];
    this.times = new long[most];
  }

  void add(double value, long nowNanos) {
    values[next] = value;
    times[next] = nowNanos;
    next = (next + 1) % values.length;
    size = Math.min(size + 1, values.length);
  }

  OptionalDouble value(long nowNanos) {
    double[] kept = new double[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (nowNanos - times[i] <= KEPT_NANOS) {
        kept[count++] = values[i];
      }
    }
    if (count < fewest) {
      return OptionalDouble.empty();
    }
    Arrays.sort(kept, 0, count);
    return OptionalDouble.of(kept[(int) (SHARE * (count - 1))]);
  }
}
