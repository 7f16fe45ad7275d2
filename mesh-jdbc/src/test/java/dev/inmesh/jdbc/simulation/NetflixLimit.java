package dev.inmesh.jdbc.simulation;

import com.netflix.concurrency.limits.Limit;

/** One of {@code concurrency-limits}, fed with the time of each statement, as its limiters do. */
final class NetflixLimit implements LimitSource {

  private final Limit limit;

  NetflixLimit(Limit limit) {
    this.limit = limit;
  }

  @Override
  public int limit() {
    return limit.getLimit();
  }

  @Override
  public void ended(long startNanos, long tookNanos, int inFlight) {
    limit.onSample(startNanos, tookNanos, inFlight, false);
  }
}
