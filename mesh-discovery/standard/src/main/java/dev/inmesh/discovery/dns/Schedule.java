package dev.inmesh.discovery.dns;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When an answer is asked for again: ahead of its end, after 80 to 90 % of its time, so that a
 * change is seen within it. Immutable.
 *
 * @param least between two queries
 * @param most between two queries
 */
record Schedule(Duration least, Duration most) {

  /** What can't be true is asked for again after this time at most. */
  private static final Duration LONGEST_DOUBT = Duration.ofSeconds(3);

  /**
   * How long to wait, in milliseconds.
   *
   * @param settled whether the mesh believes the answer
   */
  long waitMillis(long ttlSeconds, boolean settled) {
    return waitMillis(ttlSeconds, settled, ThreadLocalRandom.current().nextDouble());
  }

  long waitMillis(long ttlSeconds, boolean settled, double random) {
    long whole = Math.min(ttlSeconds, 1L << 31) * 1000;
    if (!settled) {
      // Not ahead of its end: a cache on the way would say the same again.
      return Math.min(Math.max(whole, least.toMillis()), LONGEST_DOUBT.toMillis());
    }
    long ahead = (long) (whole * (0.8 + 0.1 * random));
    return Math.max(least.toMillis(), Math.min(ahead, most.toMillis()));
  }
}
