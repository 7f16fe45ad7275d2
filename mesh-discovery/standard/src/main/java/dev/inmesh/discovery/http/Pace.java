package dev.inmesh.discovery.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast a registry is asked: at once for a few changes, and twice a second when there is always
 * another one (a token bucket of {@value #MOST}). Not safe for concurrent use.
 */
public final class Pace {

  /** How long to wait before a registry is asked whether it means an empty list. */
  public static final Duration CONFIRM = Duration.ofMillis(500);

  private static final int MOST = 10;
  private static final long PERIOD_NANOS = 500_000_000;

  private long fullAt = System.nanoTime();

  /** Full at first. */
  public Pace() {}

  /** Waits until the registry may be asked. */
  public void await() throws InterruptedException {
    long now = System.nanoTime();
    fullAt = now + Math.max(0, fullAt - now) + PERIOD_NANOS;
    long wait = fullAt - now - MOST * PERIOD_NANOS;
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }
}
