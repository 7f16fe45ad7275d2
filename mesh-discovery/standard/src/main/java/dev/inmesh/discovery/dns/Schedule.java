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

  /** What can't be true is asked for again after this time. */
  private static final Duration DOUBT = Duration.ofSeconds(1);

  /**
   * How long to wait, in milliseconds.
   *
   * @param settled whether the mesh believes the answer
   */
  long waitMillis(long ttlSeconds, boolean settled) {
    return waitMillis(ttlSeconds, settled, ThreadLocalRandom.current().nextDouble());
  }

  long waitMillis(long ttlSeconds, boolean settled, double random) {
    long ahead = (long) (Math.min(ttlSeconds, 1L << 31) * 1000 * (0.8 + 0.1 * random));
    long wait = settled ? ahead : Math.min(ahead, DOUBT.toMillis());
    return Math.max(least.toMillis(), Math.min(wait, most.toMillis()));
  }
}
