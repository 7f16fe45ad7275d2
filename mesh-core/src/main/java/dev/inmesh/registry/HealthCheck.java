package dev.inmesh.registry;

import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a service how it is, once in a period. Not safe for concurrent use. */
final class HealthCheck {

  private static final Logger log = LoggerFactory.getLogger(HealthCheck.class);

  private final String whose;
  private final BooleanSupplier health;
  private final long periodNanos;
  private boolean well;
  private boolean failed;
  private boolean asked;
  private long askedAt;

  HealthCheck(String whose, BooleanSupplier health, long periodNanos) {
    this.whose = whose;
    this.health = health;
    this.periodNanos = periodNanos;
  }

  /** How it is, by what it said last within the period. */
  boolean isWell() {
    if (leftNanos() <= 0) {
      well = ask();
      asked = true;
      askedAt = System.nanoTime();
    }
    return well;
  }

  private boolean ask() {
    try {
      boolean answer = health.getAsBoolean();
      failed = false;
      return answer;
    } catch (Throwable e) {
      // A check that fails is a service that isn't well; the thread that asks must live.
      if (!failed) {
        failed = true;
        log.warn("{}: its health check failed, so it counts as unhealthy", whose, e);
      }
      return false;
    }
  }

  /** Until it is asked again. */
  long leftNanos() {
    return asked ? askedAt + periodNanos - System.nanoTime() : 0;
  }
}
