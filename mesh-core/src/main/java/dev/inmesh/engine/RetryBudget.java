package dev.inmesh.engine;

import dev.inmesh.config.UpstreamSettings.Budget;

/**
 * How many extra attempts (retries, hedges, failovers, all together) an upstream may make: a token
 * bucket. Each first attempt puts in {@code budget} of a token, or, if that is more, {@code
 * budget.min} tokens for each second since the one before it; an extra attempt takes one. It starts
 * with 5 and holds what the last 10 seconds put in, but room for 5. Safe for concurrent use.
 *
 * <p>The idea is Finagle's {@code RetryBudget}; the floor per second is far lower, since it is
 * multiplied by the number of client instances at the worst moment.
 */
final class RetryBudget {

  private static final double START = 5;
  private static final long EPOCH_NANOS = 10_000_000_000L;

  private double ratio;
  private double perNano;
  private double tokens = START;
  private long epochStart;
  private long lastAccrual;

  /** What time has put in since the last first attempt. */
  private double accrued;

  /** First attempts in this epoch and in the one before it. */
  private long current;

  private long previous;

  RetryBudget(Budget settings, long now) {
    this.epochStart = now;
    this.lastAccrual = now;
    apply(settings);
  }

  /** Other rates from now on; the tokens stay. */
  synchronized void apply(Budget settings) {
    ratio = settings.ratio();
    perNano = settings.minPerSecond() / 1e9;
  }

  /** A first attempt was made. */
  synchronized void deposit(long now) {
    if (now - epochStart >= EPOCH_NANOS) {
      turnEpoch(now);
    }
    current++;
    accrue(now);
    // The one or the other: with both, a budget of 10 % would be more than that.
    tokens = Math.min(tokens + Math.max(0, ratio - accrued), capacity());
    accrued = 0;
  }

  /** Takes a token for an extra attempt, if there is one. */
  synchronized boolean tryWithdraw(long now) {
    if (now - epochStart >= EPOCH_NANOS) {
      turnEpoch(now);
    }
    accrue(now);
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  private void accrue(long now) {
    double since = (now - lastAccrual) * perNano;
    lastAccrual = now;
    accrued += since;
    tokens = Math.min(tokens + since, capacity());
  }

  private void turnEpoch(long now) {
    previous = now - epochStart < 2 * EPOCH_NANOS ? current : 0;
    current = 0;
    epochStart = now;
  }

  private double capacity() {
    double deposits = Math.max(Math.max(current, previous) * ratio, perNano * EPOCH_NANOS);
    return Math.max(START, deposits);
  }
}
