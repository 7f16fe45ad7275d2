package dev.inmesh.jdbc;

import dev.inmesh.call.Phase;
import dev.inmesh.timer.Timers;
import dev.inmesh.timer.Timers.Timer;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The time that one thing a user asked of a connection may take. A little before its end the
 * statement that runs is cancelled, which leaves its connection of use; at the end whoever still
 * waits for a pool is interrupted, and a connection that still doesn't answer is aborted.
 *
 * <p>Made, begun and ended by the session's thread; the rest comes from the timers' and from those
 * that stop things. All state is guarded by this, and nothing that may block is done under it.
 */
final class TimeLimit {

  /** How often a thread that waits for a pool is interrupted again, until it has noticed. */
  private static final long AGAIN_NANOS = 5_000_000;

  private static final long MOST_HELD_BACK_NANOS = 50_000_000;

  private final String database;
  private final Timers timers;
  private final Executor stops;
  private final long startNanos;
  private final long nanos;
  private final boolean ofPage;
  private final Thread caller = Thread.currentThread();

  private Timer timer = Timer.NONE;
  private Timer partTimer = Timer.NONE;
  private @Nullable Physical physical;
  private @Nullable Statement statement;
  private boolean waiting;
  private boolean interrupted;

  /** The time to cancel came when there was nothing yet that could be. */
  private boolean late;

  /** Somebody else interrupted the thread while it waited. */
  private boolean interruptedByUser;

  private boolean cancelling;
  private boolean cancelled;

  /** What was aborted. */
  private @Nullable Physical lost;

  private boolean over;

  /**
   * One that begins now.
   *
   * @param stops runs what stops statements, which may block
   * @param ofPage whether the ambient deadline is what bounds it
   */
  TimeLimit(
      String database,
      Timers timers,
      Executor stops,
      long startNanos,
      long nanos,
      boolean ofPage,
      @Nullable Physical physical) {
    this.database = database;
    this.timers = timers;
    this.stops = stops;
    this.startNanos = startNanos;
    this.nanos = nanos;
    this.ofPage = ofPage;
    this.physical = physical;
  }

  /** Lets the time run. */
  synchronized void begin() {
    timer = timers.schedule(nanos - heldBackNanos(), this::cancelTime);
  }

  /** What the server gets to answer a cancel with: a twentieth, at most 50 ms. */
  private long heldBackNanos() {
    return Math.min(nanos / 20, MOST_HELD_BACK_NANOS);
  }

  /** What is left, 0 when it is over. */
  long leftNanos() {
    return Math.max(0, nanos - (System.nanoTime() - startNanos));
  }

  /** Whether what runs may have been stopped. */
  boolean isNearlyOver() {
    return leftNanos() <= heldBackNanos();
  }

  // ---- what the session's thread does meanwhile

  /**
   * The session's thread begins to wait for a pool, or goes on to the next one.
   *
   * @param part whether only half of what is left may go by there, since something else is left
   */
  synchronized void waits(boolean part) throws SQLException {
    if (leftNanos() == 0) {
      throw words(null);
    }
    physical = null;
    waiting = true;
    if (part) {
      partTimer = timers.schedule(leftNanos() / 2, this::partOver);
    }
  }

  /** It waits no more; an interrupt of ours must not be seen by anything that comes after. */
  synchronized void waited(@Nullable Physical got) {
    waiting = false;
    physical = got;
    partTimer.cancel();
    partTimer = Timer.NONE;
    if (interrupted) {
      interrupted = false;
      if (Thread.interrupted() && interruptedByUser) {
        caller.interrupt();
      }
    }
  }

  /** What runs now, and is to be cancelled. */
  synchronized void runs(Statement running) {
    statement = running;
    if (late) {
      // Half of what is left to run, and half to answer the cancel: its connection stays of use.
      late = false;
      timer.cancel();
      timer = timers.schedule(leftNanos() / 2, this::cancelTime);
    }
  }

  // ---- what the timers' thread does

  private synchronized void cancelTime() {
    if (over) {
      return;
    }
    Statement running = statement;
    if (running != null) {
      stops.execute(() -> cancel(running));
      cancelling = true;
      cancelled = true;
    } else {
      late = true;
    }
    timer = timers.schedule(leftNanos(), this::end);
  }

  private void cancel(Statement running) {
    try {
      Cancels.cancel(running);
    } catch (SQLException | RuntimeException e) {
      // It runs on, and loses its connection at the end.
    } finally {
      synchronized (this) {
        cancelling = false;
        notifyAll();
      }
    }
  }

  /** The next pool has to do with what is left. */
  private synchronized void partOver() {
    if (!over && waiting) {
      interrupt();
      partTimer = timers.schedule(AGAIN_NANOS, this::partOver);
    }
  }

  private void interrupt() {
    interruptedByUser |= !interrupted && caller.isInterrupted();
    interrupted = true;
    caller.interrupt();
  }

  private synchronized void end() {
    if (over) {
      return;
    }
    if (waiting) {
      interrupt();
      timer = timers.schedule(AGAIN_NANOS, this::end);
    } else if (physical != null) {
      Physical stuck = physical;
      lost = stuck;
      notifyAll();
      stops.execute(() -> abort(stuck));
    }
  }

  private void abort(Physical stuck) {
    try {
      stuck.raw.abort(stops);
    } catch (SQLException | RuntimeException e) {
      // Nothing else can be done; the driver's own timeouts are left.
    }
  }

  // ---- the end

  /** Waits for a cancel that is under way, which must not hit what comes next. */
  synchronized void over() {
    boolean interruptedMeanwhile = false;
    while (cancelling && lost == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interruptedMeanwhile = true;
      }
    }
    over = true;
    timer.cancel();
    if (lost != null) {
      // It may be broken off only after this, in the midst of the next statement.
      lost.breaks();
    }
    if (interruptedMeanwhile) {
      caller.interrupt();
    }
  }

  /** Whether it was stopped for its time, and what it answered or threw is of no worth. */
  synchronized boolean wasStopped(boolean failed) {
    return lost != null || (failed && (cancelled || leftNanos() == 0));
  }

  /** In which the time went. */
  synchronized Phase phase() {
    return physical == null && lost == null ? Phase.WAIT : Phase.SERVER;
  }

  /** What is thrown instead. */
  synchronized SQLException words(@Nullable Throwable cause) {
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    Physical at = lost == null ? physical : lost;
    String limit = (ofPage ? "the deadline left " : "timeout ") + nanos / 1_000_000 + " ms";
    String where;
    String state;
    if (at == null) {
      where = "waiting for a connection";
      state = "HYT01";
    } else if (lost != null) {
      where =
          "at " + at.database.name() + ", where it did not end in time, and so lost its connection";
      state = "08006";
    } else {
      where = "at " + at.database.name();
      state = "HYT00";
    }
    String message = database + ": timed out after " + millis + " ms (" + limit + ") " + where;
    return new SQLTimeoutException(message, state, cause);
  }
}
