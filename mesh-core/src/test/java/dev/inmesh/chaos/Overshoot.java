package dev.inmesh.chaos;

import java.util.Locale;
import java.util.stream.LongStream;

/** How long after their deadlines calls returned, in nanoseconds; of those that ran so long. */
final class Overshoot {

  private final long[] sorted;

  private Overshoot(long[] sorted) {
    this.sorted = sorted;
  }

  static Overshoot of(LongStream nanos) {
    return new Overshoot(nanos.sorted().toArray());
  }

  long at(double quantile) {
    return sorted.length == 0
        ? 0
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))];
  }

  int count() {
    return sorted.length;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "n=%d p50=%.2f ms p99=%.2f ms p99.9=%.2f ms max=%.2f ms",
        sorted.length,
        at(0.5) / 1e6,
        at(0.99) / 1e6,
        at(0.999) / 1e6,
        at(1) / 1e6);
  }
}
