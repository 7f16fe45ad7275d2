package dev.inmesh.config;

import java.time.Duration;
import java.util.Optional;

/**
 * What {@code hedge.after} says: not at all, after a time, or when 95 % of the answers would be
 * here.
 *
 * @param on whether there are hedges
 * @param after how long after an attempt's start; empty for the live 95th percentile
 */
public record HedgeAfter(boolean on, Optional<Duration> after) {

  static final HedgeAfter OFF = new HedgeAfter(false, Optional.empty());
  static final HedgeAfter P95 = new HedgeAfter(true, Optional.empty());

  /** Whether the upstream's own latencies decide. */
  public boolean isLive() {
    return on && after.isEmpty();
  }
}
