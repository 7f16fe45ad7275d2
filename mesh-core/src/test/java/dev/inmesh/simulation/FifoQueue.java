package dev.inmesh.simulation;

import java.util.function.LongToDoubleFunction;

/** See {@link ServiceModel#fifo}. First come, first served: each end is known at the beginning. */
final class FifoQueue implements ServiceModel {

  private final long[] freeAt;

  FifoQueue(int workers) {
    this.freeAt = new long[workers];
  }

  @Override
  public long admit(
      Event done, double nanos, LongToDoubleFunction slowness, long now, EventQueue events) {
    long end = end(nanos, slowness, now);
    events.at(end, done);
    return end;
  }

  /** When a request that comes in now will be done. */
  long end(double nanos, LongToDoubleFunction slowness, long now) {
    int worker = firstFree();
    long start = Math.max(now, freeAt[worker]);
    long end = start + Math.round(nanos * slowness.applyAsDouble(start));
    freeAt[worker] = end;
    return end;
  }

  private int firstFree() {
    int first = 0;
    for (int i = 1; i < freeAt.length; i++) {
      if (freeAt[i] < freeAt[first]) {
        first = i;
      }
    }
    return first;
  }

  @Override
  public double expectedTime(int inSystem) {
    int waiting = Math.max(0, inSystem + 1 - freeAt.length);
    return 1 + (double) waiting / freeAt.length;
  }
}
