package dev.inmesh.engine;

/**
 * nginx's {@code max_fails} within {@code fail_timeout}, as a true sliding window: the instants of
 * the last {@code max_fails} failures. Safe for concurrent use.
 */
final class FailureWindow {

  private final long[] instants;
  private final long windowNanos;
  private int next;
  private int filled;

  FailureWindow(int maxFails, long windowNanos) {
    this.instants = new long[maxFails];
    this.windowNanos = windowNanos;
  }

  /** Adds a failure; true when it is the one that makes the window full. */
  synchronized boolean add(long now) {
    instants[next] = now;
    next = (next + 1) % instants.length;
    filled = Math.min(filled + 1, instants.length);
    return filled == instants.length && now - instants[next] < windowNanos;
  }

  /** Forgets all failures. */
  synchronized void clear() {
    filled = 0;
  }

  /** Whether it was made for these values. */
  boolean fits(int maxFails, long nanos) {
    return instants.length == maxFails && windowNanos == nanos;
  }
}
