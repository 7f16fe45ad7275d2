package dev.inmesh.simulation;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.http.RetryAfter;
import dev.inmesh.http.StatusJudge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call through the engine: the steps of {@code dev.inmesh.okhttp.UpstreamCall} and {@code
 * Attempts}, without the I/O. The only class that talks to the engine about calls.
 */
final class EngineCall extends VirtualCall {

  private final UpstreamEngine engine;
  private final List<VirtualAttempt> running = new ArrayList<>(1);
  private @Nullable CallPlan plan;

  EngineCall(
      VirtualClient client, UpstreamEngine engine, long index, String path, long startNanos) {
    super(client, index, path, startNanos);
    this.engine = engine;
  }

  @Override
  void begin(long now) {
    CallInfo info = new CallInfo("GET", path(), now, key(), Long.MAX_VALUE, true, true, false);
    try {
      plan = engine.plan(info, now);
    } catch (MeshException refused) {
      client().callEnded(this, false, now);
      return;
    }
    Lease first;
    try {
      first = plan.first(now);
    } catch (MeshException nobody) {
      boolean timedOut = nobody instanceof CallTimeoutException;
      end(timedOut ? Outcome.IGNORED : Outcome.REJECTION, false, false, now);
      return;
    }
    attempt(first, now);
  }

  private void attempt(Lease lease, long now) {
    CallPlan current = plan();
    VirtualAttempt attempt =
        client()
            .attempt(
                this,
                lease.address(),
                lease,
                current.attempts(),
                current.attemptDeadlineNanos(now));
    if (!attempt.isOver()) {
      running.add(attempt);
      long hedgeAfter = current.hedgeAfterNanos();
      if (hedgeAfter != Long.MAX_VALUE) {
        client().after(hedgeAfter, then -> hedge(attempt, then));
      }
    }
  }

  private void hedge(VirtualAttempt slow, long now) {
    Lease lease = slow.isOver() ? null : plan().hedge(now);
    if (lease != null) {
      attempt(lease, now);
    }
  }

  @Override
  void ended(VirtualAttempt attempt, long now) {
    running.remove(attempt);
    if (attempt.hasAnswer(now)) {
      answered(attempt, now);
    } else {
      failed(attempt, now);
    }
  }

  private void answered(VirtualAttempt attempt, long now) {
    UpstreamSettings settings = plan().settings();
    Lease lease = Objects.requireNonNull(attempt.lease());
    int status = attempt.status();
    int retryAfter = attempt.retryAfterSeconds();
    Outcome outcome = StatusJudge.judge(status, retryAfter > 0, settings.failureStatuses());
    switch (outcome) {
      case SUCCESS -> {
        lease.success(now);
        for (VirtualAttempt loser : running) {
          loser.cancel();
          Objects.requireNonNull(loser.lease()).lost(now);
        }
        end(outcome, true, false, now);
        return;
      }
      case FAILURE -> lease.failure(Failure.STATUS, status, now);
      case REJECTION -> {
        // Seconds need no wall clock.
        long wait =
            retryAfter == 0 ? 0 : RetryAfter.nanos(String.valueOf(retryAfter), Instant.EPOCH);
        lease.rejected(wait, now);
      }
      case IGNORED -> lease.ignored(true, now);
    }
    if (running.isEmpty() && !again(Failure.STATUS, status, true, now)) {
      end(outcome, true, false, now);
    }
  }

  private void failed(VirtualAttempt attempt, long now) {
    Failure failure = attempt.failureAt(now);
    Objects.requireNonNull(attempt.lease()).failure(failure, 0, now);
    if (running.isEmpty() && !again(failure, 0, attempt.wasSent(), now)) {
      end(Outcome.FAILURE, false, failure.isTimeout(), now);
    }
  }

  private boolean again(Failure failure, int status, boolean sent, long now) {
    if (!plan().mayRetry(failure, status, sent, now)) {
      return false;
    }
    long backoff = plan().settings().retry().backoff().toNanos();
    if (backoff > 0) {
      client().after(backoff, then -> another(failure, then));
      return true;
    }
    Lease lease = plan().another(now);
    if (lease == null) {
      return false;
    }
    attempt(lease, now);
    return true;
  }

  private void another(Failure before, long now) {
    Lease lease = plan().another(now);
    if (lease == null) {
      end(Outcome.FAILURE, before == Failure.STATUS, before.isTimeout(), now);
    } else {
      attempt(lease, now);
    }
  }

  private void end(Outcome outcome, boolean answered, boolean timedOut, long now) {
    plan().end(outcome, answered, timedOut, now);
    client().callEnded(this, outcome == Outcome.SUCCESS, now);
  }

  private CallPlan plan() {
    return Objects.requireNonNull(plan);
  }
}
