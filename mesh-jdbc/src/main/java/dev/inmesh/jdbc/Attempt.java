package dev.inmesh.jdbc;

import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import org.jspecify.annotations.Nullable;

/** One statement on its way to a replica, as the engine sees it. */
final class Attempt {

  private final CallPlan plan;
  private final Lease lease;

  Attempt(CallPlan plan, Lease lease) {
    this.plan = plan;
    this.lease = lease;
  }

  Lease lease() {
    return lease;
  }

  /** The server counts it beyond its end, until the lease is released. */
  Lease keep() {
    lease.keep();
    return lease;
  }

  /**
   * It has run.
   *
   * @param thrown null if it went well
   */
  void ended(@Nullable Throwable thrown) {
    long now = System.nanoTime();
    Failure failure = thrown == null ? null : Faults.ofStatement(thrown);
    if (thrown == null) {
      lease.success(now);
      plan.end(Outcome.SUCCESS, true, false, now);
    } else if (failure == null) {
      // A statement that is wrong, or took too long, was answered all the same.
      lease.ignored(true, now);
      plan.end(Outcome.IGNORED, true, false, now);
    } else {
      lease.failure(failure, 0, now);
      plan.end(Outcome.FAILURE, false, failure.isTimeout(), now);
    }
  }

  /** Nothing was run after all; but there is a connection. */
  void idle() {
    long now = System.nanoTime();
    lease.ignored(true, now);
    plan.end(Outcome.IGNORED, true, false, now);
  }
}
