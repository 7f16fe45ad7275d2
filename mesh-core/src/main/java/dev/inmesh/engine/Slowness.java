package dev.inmesh.engine;

import org.jspecify.annotations.Nullable;

/**
 * How long one server takes, and what that has cost it of its weight. Adding is safe for concurrent
 * use; the rest is called by one sweep at a time.
 */
final class Slowness {

  /** Weights are multiples of this, so that there are steps between nothing and all. */
  static final int STEPS = 16;

  /** One bad sweep may be chance. */
  private static final int ENOUGH_SWEEPS = 2;

  private volatile @Nullable LatencyWindow latencies;
  private volatile int steps = STEPS;
  private int sweeps;
  private long changedAt;

  void add(long nanos, long now) {
    LatencyWindow window = latencies;
    if (window == null) {
      window = new LatencyWindow(now);
      latencies = window; // Of two that meet here one sample is lost.
    }
    window.add(nanos, now);
  }

  /** See {@link LatencyWindow#sorted}. */
  long[] recent(long now) {
    LatencyWindow window = latencies;
    return window == null ? LatencyWindow.TOO_FEW : window.sorted(now);
  }

  /** Of {@link #STEPS}, how many of its weight are left. */
  int steps() {
    return steps;
  }

  /** A sweep finds it slow; true when the ones before did too. */
  boolean again() {
    return ++sweeps >= ENOUGH_SWEEPS;
  }

  /**
   * A sweep doesn't find it slow: what it lost comes back by doubling.
   *
   * @param proven whether there are samples enough to say so; without, it takes 10 s
   * @return whether its weight changed
   */
  boolean ended(boolean proven, long now) {
    sweeps = 0;
    if (steps == STEPS || (!proven && now - changedAt < LatencyWindow.SPAN_NANOS)) {
      return false;
    }
    change(2 * steps, now);
    return true;
  }

  /**
   * Leaves it this share of the weight that it has; what it does from now on decides.
   *
   * @return false when it has the least already
   */
  boolean lighten(double ratio, long now) {
    if (steps == 1) {
      sweeps = 0;
      return false;
    }
    change((int) (steps * ratio), now);
    return true;
  }

  private void change(int changed, long now) {
    steps = Math.max(1, Math.min(STEPS, changed));
    forget(now);
  }

  /** Measures anew; the weight stays. */
  void forget(long now) {
    sweeps = 0;
    changedAt = now;
    LatencyWindow window = latencies;
    if (window != null) {
      window.clear();
    }
  }

  /** Has all its weight again. */
  void clear(long now) {
    steps = STEPS;
    forget(now);
  }
}
