package dev.inmesh.jdbc;

import dev.inmesh.config.StatementClass;
import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.throttle.Permit;
import org.jspecify.annotations.Nullable;

/**
 * The turns of one session's statements where their server is throttled: which of them may be held
 * back, and the permit of the one that runs. A transaction has its turn with its first statement;
 * what comes after runs in any case, since locks are held by then. For the session's thread.
 */
final class Turns {

  /** Whether the transaction that is open has run a statement. */
  private boolean begun;

  /** Whether one was begun by a statement's text. */
  private boolean textual;

  /** Whether the transaction that is open may have written, so that its end is for the disk. */
  private boolean wrote;

  private @Nullable Throttle throttle;
  private @Nullable StatementClass permit;

  /** Of the last statement that had one: what commits is of its class. */
  private @Nullable StatementClass last;

  /** What stands for the text that runs; null if its time says nothing. */
  private @Nullable Object text;

  private boolean waited;

  /**
   * A statement is about to run; returns when it may.
   *
   * @param verdict what is to be thought of it
   * @param hinted what its own text says
   * @param inTransaction whether it is part of one that will be committed
   * @param leftNanos what it has to run in all
   * @throws ThrottledException when it may not
   */
  void take(Physical there, Verdict verdict, Verdict hinted, boolean inTransaction, long leftNanos)
      throws ThrottledException {
    waited = false;
    permit = null;
    Throttle asked = there.database.throttle();
    throttle = asked;
    if (hinted.isTransactionControl()) {
      text = null;
      boolean ends = hinted.kind() == Kind.TRANSACTION_END;
      permit = ends ? ending(asked) : null;
      textual = !ends && !inTransaction;
      begun &= !ends;
      wrote &= !ends;
      return;
    }
    // How long a batch takes depends on how long it is.
    text = Veto.isBatch(verdict) || hinted.ping() ? null : hinted;
    if (asked != null) {
      StatementClass of = asked.statementClass(hinted.statementClass());
      if (begun || hinted.ping()) {
        // A pool that is told no would close the connection that it asks for.
        permit = asked.takeAtOnce(of);
      } else {
        boolean throttling = asked.isThrottling();
        permit = asked.take(of, leftNanos);
        // The limit may have been lifted, which has let it go.
        waited = throttling || asked.isThrottling();
      }
    }
    last = permit;
    textual |= hinted.mayLeaveTransaction() && !inTransaction;
    // What only asks for an answer holds no locks.
    begun |= (inTransaction || textual) && !hinted.ping();
    wrote |= begun && verdict.kind() == Kind.OTHER;
  }

  /** Whoever has the physical connection may do anything with it, and hold locks. */
  void unwrapped(boolean inTransaction) {
    begun |= inTransaction;
    wrote |= inTransaction;
  }

  /**
   * A commit is never held back, but it is what a disk is waited for: it counts, and others make
   * room for it.
   */
  private @Nullable StatementClass ending(@Nullable Throttle asked) {
    StatementClass of = last;
    return begun && asked != null && of != null ? asked.takeAtOnce(of) : null;
  }

  /** The transaction is about to be committed; {@link #commitEnds} is what comes next. */
  void commitBegins(@Nullable Physical held) {
    throttle = held == null ? null : held.database.throttle();
    permit = ending(throttle);
  }

  /**
   * The commit is over.
   *
   * @param nanos what it took; negative if it failed
   */
  void commitEnds(long nanos) {
    Throttle asked = throttle;
    StatementClass held = permit;
    throttle = null;
    permit = null;
    if (asked == null) {
      return;
    }
    if (held != null) {
      asked.giveBack(held);
    }
    // What has only read waits for no disk at its end.
    if (nanos >= 0 && wrote) {
      asked.committed(nanos);
    }
  }

  /** Whether the last statement may have been held back, and time has gone by. */
  boolean mayHaveWaited() {
    return waited;
  }

  /**
   * The statement has been run, or failed.
   *
   * @param counts whether its time says something: not if it was wrong
   * @param result what it opened that is read in pieces; its permit is held until it is closed
   */
  void over(Physical there, long nanos, boolean counts, @Nullable LogicalResult result) {
    Throttle asked = throttle;
    if (asked == null) {
      return;
    }
    throttle = null;
    asked.ran(counts ? text : null, nanos);
    StatementClass held = permit;
    permit = null;
    if (held == null) {
      return;
    }
    if (result == null) {
      asked.giveBack(held);
    } else {
      Permit kept = asked.hold(held);
      there.keep(kept);
      result.keep(kept);
    }
  }

  void transactionEnds() {
    begun = false;
    textual = false;
    wrote = false;
  }
}
