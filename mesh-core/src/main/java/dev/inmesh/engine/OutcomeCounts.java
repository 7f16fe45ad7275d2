package dev.inmesh.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How often a server succeeded and failed, the last half minute counting most. Counting is safe for
 * concurrent use and one atomic increment; the rest is called by one sweep at a time.
 */
final class OutcomeCounts {

  /** What happened so long ago counts 1/e. */
  static final double TAU_NANOS = 30e9;

  /** One attempt, 70 s ago. */
  private static final double FORGOTTEN = 0.1;

  private final AtomicInteger newSuccesses = new AtomicInteger();
  private final AtomicInteger newFailures = new AtomicInteger();
  private volatile double successes;
  private volatile double failures;
  private long foldedAt;

  OutcomeCounts(long now) {
    foldedAt = now;
  }

  void succeeded() {
    newSuccesses.getAndIncrement();
  }

  void failed() {
    newFailures.getAndIncrement();
  }

  /** Lets what is known age, and adds what came since. */
  void fold(long now) {
    double kept = Math.exp(-Math.max(0, now - foldedAt) / TAU_NANOS);
    foldedAt = now;
    successes = successes * kept + newSuccesses.getAndSet(0);
    failures = failures * kept + newFailures.getAndSet(0);
  }

  void clear() {
    newSuccesses.set(0);
    newFailures.set(0);
    successes = 0;
    failures = 0;
  }

  /** Whether anything has been counted that is not forgotten yet. */
  boolean hasAny() {
    return newSuccesses.get() + newFailures.get() > 0 || successes + failures > FORGOTTEN;
  }

  double successes() {
    return successes;
  }

  double failures() {
    return failures;
  }

  double total() {
    return successes + failures;
  }
}
