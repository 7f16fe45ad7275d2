package dev.inmesh.engine;

/**
 * How many attempts a server takes at a time, found out by trying: additive increase,
 * multiplicative decrease, as TCP does it (Chiu and Jain, 1989). Safe for concurrent use.
 *
 * <p>It starts at 20. A success while nine tenths of the limit are in use adds {@code 1/limit}; a
 * rejection, a timeout or a broken connection takes a tenth, once for all attempts that were under
 * way at the time, since they all met the same queue. Never below 1, or nothing would ever show
 * that the server is well again.
 *
 * <p>No gradient of latencies, as in Vegas and Netflix's limits: under steady overload that takes
 * the queue for normal, and drifts upward.
 */
final class AdaptiveLimit {

  private static final double START = 20;
  private static final double IN_USE = 0.9;
  private static final double DECREASE = 0.9;

  private volatile double limit = START;
  private boolean decreased;
  private long decreasedAt;

  /** Attempts at a time, 1 or more. */
  int attempts() {
    return (int) limit;
  }

  /**
   * An attempt ended well.
   *
   * @param inFlight how many there were, this one included
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // Written under the lock alone.
  void succeeded(int inFlight) {
    // Of what is admitted: the fraction that counts up to the next one never is.
    if (inFlight >= IN_USE * attempts()) {
      synchronized (this) {
        limit += 1 / limit;
      }
    }
  }

  /** An attempt ended with a sign of overload. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  synchronized void overloaded(long startNanos, long now) {
    if (decreased && startNanos - decreasedAt < 0) {
      return;
    }
    decreased = true;
    decreasedAt = now;
    limit = Math.max(1, limit * DECREASE);
  }
}
