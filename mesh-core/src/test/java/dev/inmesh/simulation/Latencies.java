package dev.inmesh.simulation;

/** Counts durations in buckets that are 0.05 % wide. */
final class Latencies {

  private static final int BITS = 11;
  private static final int STEPS = 1 << BITS;

  private final int[] counts = new int[(44 - BITS) * STEPS];
  private long total;

  void add(long nanos) {
    counts[bucket(nanos)]++;
    total++;
  }

  long total() {
    return total;
  }

  /** Adds what the other one has counted. */
  void add(Latencies other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    total += other.total;
  }

  /** The duration that this share stays at or below, in nanoseconds; 0 of nothing. */
  double quantile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return middle(i);
      }
    }
    return 0;
  }

  /** The share of durations above this one. */
  double shareAbove(long nanos) {
    long above = 0;
    for (int i = bucket(nanos) + 1; i < counts.length; i++) {
      above += counts[i];
    }
    return total == 0 ? 0 : (double) above / total;
  }

  private static int bucket(long nanos) {
    if (nanos < STEPS) {
      return (int) Math.max(0, nanos);
    }
    int shift = 63 - BITS - Long.numberOfLeadingZeros(nanos);
    return (shift << BITS) + (int) (nanos >>> shift);
  }

  private static double middle(int bucket) {
    if (bucket < STEPS) {
      return bucket;
    }
    int shift = (bucket >>> BITS) - 1;
    long low = (long) (bucket - (shift << BITS)) << shift;
    return low + ((1L << shift) - 1) / 2.0;
  }
}
