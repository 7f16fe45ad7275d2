package dev.inmesh.generic;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.LimitExceededException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.server.OutsideNetworksException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of the user's own code. The code runs on other threads, since nothing is known of how to
 * stop it; the caller's thread waits, decides, and returns in time whatever the code does. Used
 * once.
 */
public final class GenericCall<T> {

  private final UpstreamEngine engine;
  private final Executor executor;
  private final Executor stopping;
  private final ServerCheck check;
  private final Work<T> work;
  private final boolean idempotent;
  private final long startNanos = System.nanoTime();
  private final Optional<Deadline> ambient = Deadline.current();

  private final List<GenericAttempt<T>> running = new ArrayList<>(1);
  private final List<GenericAttempt<T>> hedges = new ArrayList<>(1);
  private final BlockingQueue<GenericAttempt<T>> ended = new LinkedBlockingQueue<>();
  private final List<Throwable> failures = new ArrayList<>(1);
  private @Nullable Throwable lastFailure;
  private String lastWords = "";
  private long hedgeAt = Long.MAX_VALUE;
  private boolean mayHedge;

  /**
   * A call that begins now.
   *
   * @param executor runs the code; may refuse to
   * @param stopping runs what stops the code, which may block
   * @param check of the server, before the code; what time it takes is the name's, not the server's
   * @param idempotent whether running the code twice does no harm
   */
  public GenericCall(
      UpstreamEngine engine,
      Executor executor,
      Executor stopping,
      ServerCheck check,
      Work<T> work,
      boolean idempotent) {
    this.engine = engine;
    this.executor = executor;
    this.stopping = stopping;
    this.check = check;
    this.work = work;
    this.idempotent = idempotent;
  }

  /**
   * Makes the call.
   *
   * @return what the code returned
   * @throws MeshException when no attempt succeeded in time
   */
  public T execute() throws MeshException {
    long limit = Deadline.limitNanos(startNanos);
    CallInfo info = new CallInfo("", "", startNanos, 0, limit, idempotent, true, false);
    CallPlan plan = engine.plan(info, startNanos);
    try {
      if (!launch(plan, first(plan))) {
        throw noThread(plan);
      }
      return await(plan);
    } finally {
      // After a result there is nobody left, and of a plan that has ended nothing.
      abandon(plan);
    }
  }

  private LimitExceededException noThread(CallPlan plan) {
    return new LimitExceededException(
        plan.settings().displayName(),
        words("no thread is free: 1024 calls run, or did not stop, or the mesh is closed", plan));
  }

  private static Lease first(CallPlan plan) throws MeshException {
    try {
      return plan.first(System.nanoTime());
    } catch (MeshException nobody) {
      // Nothing was tried, so nothing is proven: the breaker must not open for it.
      boolean timedOut = nobody instanceof CallTimeoutException;
      Outcome outcome = timedOut ? Outcome.IGNORED : Outcome.REJECTION;
      plan.end(outcome, false, false, System.nanoTime());
      throw nobody;
    }
  }

  /** Starts an attempt; false when there is no thread for it. */
  private boolean launch(CallPlan plan, Lease lease) {
    long now = System.nanoTime();
    GenericAttempt<T> attempt =
        new GenericAttempt<>(
            lease, plan.attemptDeadlineNanos(now), stopping, check, work, ambient, ended);
    try {
      executor.execute(attempt);
    } catch (RejectedExecutionException e) {
      lease.ignored(false, now);
      return false;
    } catch (RuntimeException | Error e) {
      // No thread could be started, say: the server's count must not stay one too high.
      lease.ignored(false, now);
      throw e;
    }
    running.add(attempt);
    long after = plan.hedgeAfterNanos();
    mayHedge = after != Long.MAX_VALUE;
    hedgeAt = now + after;
    return true;
  }

  private T await(CallPlan plan) throws MeshException {
    while (true) {
      GenericAttempt<T> over = next(plan);
      long now = System.nanoTime();
      Failure kind;
      if (over == null) {
        GenericAttempt<T> late = late(now);
        if (late == null) {
          hedge(plan, now);
          continue;
        }
        late.cancel();
        kind = timeout(late);
        over = late;
      } else if (over.failure() == null) {
        return won(plan, over, now);
      } else {
        kind = Failures.kind(over.failure());
        kind = kind == Failure.TIMEOUT ? timeout(over) : kind;
      }
      running.remove(over);
      if (kind == null) {
        throw bug(plan, over, now);
      }
      failed(plan, over, kind, now);
    }
  }

  /** The next attempt that is over; null when it is time to look at the others. */
  private @Nullable GenericAttempt<T> next(CallPlan plan) throws MeshException {
    while (true) {
      long now = System.nanoTime();
      long wait = Long.MAX_VALUE;
      for (GenericAttempt<T> attempt : running) {
        wait = Math.min(wait, attempt.deadlineNanos() - now);
      }
      if (mayHedge) {
        wait = Math.min(wait, hedgeAt - now);
      }
      try {
        GenericAttempt<T> over = ended.poll(wait, TimeUnit.NANOSECONDS);
        if (over == null || running.contains(over)) {
          return over;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MeshException(plan.settings().displayName(), words("interrupted", plan), e);
      }
    }
  }

  private @Nullable GenericAttempt<T> late(long now) {
    for (GenericAttempt<T> attempt : running) {
      if (now - attempt.deadlineNanos() >= 0) {
        return attempt;
      }
    }
    return null;
  }

  private void hedge(CallPlan plan, long now) {
    if (mayHedge && now - hedgeAt >= 0) {
      mayHedge = false;
      Lease lease = plan.hedge(now);
      if (lease != null && launch(plan, lease)) {
        hedges.add(running.get(running.size() - 1));
      }
    }
  }

  @SuppressWarnings("NullAway") // What the code returns is the user's to know.
  private T won(CallPlan plan, GenericAttempt<T> winner, long now) {
    running.remove(winner);
    winner.lease().success(now);
    if (hedges.contains(winner)) {
      plan.hedgeWon();
    }
    for (GenericAttempt<T> loser : running) {
      loser.lease().lost(now);
      loser.cancel();
    }
    running.clear();
    plan.end(Outcome.SUCCESS, true, false, now);
    return winner.result();
  }

  /** Before the user's code has begun, nothing can have been connected. */
  private static Failure timeout(GenericAttempt<?> attempt) {
    return attempt.hasBegun() ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
  }

  /** Charges a failure, and makes another attempt, or throws when this was the last one. */
  private void failed(CallPlan plan, GenericAttempt<T> over, Failure kind, long now)
      throws MeshException {
    over.lease().failure(kind, 0, now);
    Throwable thrown = over.failure();
    if (thrown != null) {
      lastFailure = thrown;
      failures.add(thrown);
    }
    if (kind.isTimeout()) {
      plan.timedOut(over.phase(kind));
    }
    String what = thrown == null || thrown.getMessage() == null ? "" : ": " + thrown.getMessage();
    lastWords =
        thrown instanceof OutsideNetworksException
            ? what
            : ": " + over.lease().address() + " " + kind.words(0) + what;
    if (!running.isEmpty()) {
      return; // A hedge, or what it was to help, may still answer.
    }
    boolean sent = over.hasBegun() && (thrown == null || Failures.wasSent(thrown));
    Lease lease = plan.mayRetry(kind, 0, sent, now) ? another(plan) : null;
    if (lease != null && launch(plan, lease)) {
      return;
    }
    plan.end(Outcome.FAILURE, false, kind.isTimeout(), System.nanoTime());
    String name = plan.settings().displayName();
    if (kind.isTimeout()) {
      Phase phase = over.phase(kind);
      throw withEarlier(
          new CallTimeoutException(
              name, words("timed out in phase " + phase.tag(), plan), phase, lastFailure));
    }
    throw withEarlier(new MeshException(name, words("no attempt succeeded", plan), lastFailure));
  }

  /** On ours: the user's may be one object for all calls. */
  private MeshException withEarlier(MeshException exception) {
    failures.stream().filter(f -> f != lastFailure).forEach(exception::addSuppressed);
    return exception;
  }

  private static @Nullable Lease another(CallPlan plan) throws MeshException {
    long backoff = plan.settings().retry().backoff().toNanos();
    if (backoff > 0) {
      try {
        TimeUnit.NANOSECONDS.sleep(backoff);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
    return plan.another(System.nanoTime());
  }

  /** Neither the server nor the mesh is to blame; the caller sees its own exception. */
  private RuntimeException bug(CallPlan plan, GenericAttempt<T> over, long now) {
    over.lease().ignored(false, now);
    abandon(plan);
    if (over.failure() instanceof Error error) {
      throw error;
    }
    if (over.failure() instanceof RuntimeException exception) {
      return exception;
    }
    throw new IllegalStateException(over.failure());
  }

  private void abandon(CallPlan plan) {
    long now = System.nanoTime();
    for (GenericAttempt<T> attempt : running) {
      attempt.lease().ignored(false, now);
      attempt.cancel();
    }
    running.clear();
    boolean unused = plan.end(Outcome.IGNORED, false, false, now);
  }

  private String words(String what, CallPlan plan) {
    long now = System.nanoTime();
    long millis = (now - startNanos) / 1_000_000;
    return what + " after " + millis + " ms" + plan.counters(now) + lastWords;
  }
}
