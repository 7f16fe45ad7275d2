package dev.inmesh.jdbc;

import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a replica as the engine sees it: one call, of which each statement is an attempt
 * on the same server. For the session's thread, but for {@link #end}, which an abort may call.
 */
final class Use {

  private final CallPlan plan;

  /** The last attempt. */
  private Lease last;

  /** The attempt of what runs now. */
  private volatile @Nullable Lease running;

  /** The attempt that opened what is still open there: a transaction, a result. */
  private volatile @Nullable Lease place;

  private boolean ended;

  /** One whose connection was opened in this attempt, for the first statement. */
  Use(CallPlan plan, Lease first) {
    this.plan = plan;
    this.last = first;
    this.running = first;
  }

  /** Whether its server may still be chosen. */
  boolean mayGoOn(UpstreamEngine engine) {
    return engine.mayChoose(last, System.nanoTime());
  }

  /** Something is to be run. */
  void starts() {
    if (running != null) {
      return;
    }
    // None where the server is drained or full; but a transaction that is open there has to go on.
    Lease again = plan.again(last, System.nanoTime());
    if (again != null) {
      running = again;
      last = again;
    }
  }

  /**
   * It has run.
   *
   * @param thrown null if it went well
   * @param leavesOpen whether a transaction or a result is open there now
   */
  void ran(@Nullable Throwable thrown, boolean leavesOpen) {
    Lease over = running;
    if (over == null) {
      return;
    }
    running = null;
    if (leavesOpen) {
      keepPlace(over);
    }
    long now = System.nanoTime();
    if (thrown == null) {
      over.success(now);
      return;
    }
    Failure failure = Faults.ofStatement(thrown);
    if (failure == null) {
      // A statement that is wrong, or took too long, was answered all the same.
      over.ignored(true, now);
    } else {
      over.failure(failure, 0, now);
    }
  }

  /** Nothing is run for now; but there is a connection, which says that the server is there. */
  void idles() {
    Lease unused = running;
    if (unused != null) {
      running = null;
      unused.ignored(true, System.nanoTime());
    }
  }

  /** Nothing is open there any more. */
  void letGo() {
    if (place != null) {
      Lease kept = takePlace();
      if (kept != null) {
        kept.release();
      }
    }
  }

  // A close and an abort from another thread may meet: the place is given back once.

  private synchronized void keepPlace(Lease opened) {
    if (place == null && !ended) {
      opened.keep();
      place = opened;
    }
  }

  private synchronized @Nullable Lease takePlace() {
    Lease kept = place;
    place = null;
    return kept;
  }

  /** The connection is given back, or broken off. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    idles();
    letGo();
    boolean unused = plan.end(Outcome.IGNORED, true, false, System.nanoTime());
  }
}
