package dev.inmesh.engine;

import java.util.Arrays;

/**
 * Latencies of the last 10 seconds, spread evenly over them: of what comes in quick succession one
 * sample in 156 ms is kept, so that 64 of them last. Adding is safe for concurrent use and, but for
 * the samples that are kept, one volatile read.
 */
final class LatencyWindow {

  private static final int SIZE = 64;
  static final long SPAN_NANOS = 10_000_000_000L;
  private static final long SPACING_NANOS = SPAN_NANOS / SIZE;

  /** Fewer samples prove nothing. */
  static final int FEWEST = 20;

  static final long[] TOO_FEW = {};

  private final long[] nanos = new long[SIZE];
  private final long[] takenAt = new long[SIZE];
  private int next;
  private int filled;
  private volatile long takeFrom;

  LatencyWindow(long now) {
    takeFrom = now;
  }

  void add(long latencyNanos, long now) {
    if (now - takeFrom >= 0) {
      keep(latencyNanos, now);
    }
  }

  private synchronized void keep(long latencyNanos, long now) {
    takeFrom = now + SPACING_NANOS;
    nanos[next] = latencyNanos;
    takenAt[next] = now;
    next = (next + 1) % SIZE;
    filled = Math.min(filled + 1, SIZE);
  }

  synchronized void clear() {
    filled = 0;
    next = 0;
  }

  /** The samples of the last 10 seconds in ascending order; empty when they are too few. */
  synchronized long[] sorted(long now) {
    long[] recent = new long[filled];
    int count = 0;
    for (int i = 0; i < filled; i++) {
      if (now - takenAt[i] < SPAN_NANOS) {
        recent[count++] = nanos[i];
      }
    }
    if (count < FEWEST) {
      return TOO_FEW;
    }
    long[] sorted = Arrays.copyOf(recent, count);
    Arrays.sort(sorted);
    return sorted;
  }
}
