package dev.inmesh.okhttp;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Source;
import dev.inmesh.http.MeshHeaders;
import dev.inmesh.http.RetryAfter;
import dev.inmesh.http.StatusJudge;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Instant;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call, one after the other, until one stands: makes them, tells the engine how
 * each went, and ends the plan, which for a good answer is when its body has been read.
 */
final class Attempts {

  /** How much earlier OkHttp's own call timeout may fire than the deadline that includes it. */
  private static final long CLOCK_SLACK_NANOS = 2_000_000;

  private final UpstreamCall call;
  private final CallPlan plan;
  private @Nullable IOException lastFailure;
  private String lastWords = "";

  Attempts(UpstreamCall call, CallPlan plan) {
    this.call = call;
    this.plan = plan;
  }

  Response run(Lease first) throws IOException {
    Lease lease = first;
    while (true) {
      Attempt attempt = new Attempt(call, plan, lease);
      Response response;
      try {
        response = answer(attempt);
      } catch (IOException e) {
        lease = judge(attempt, e);
        if (lease == null) {
          return failed(attempt, e);
        }
        continue;
      } catch (RuntimeException | Error e) {
        lease.ignored(false, System.nanoTime());
        throw e;
      }
      if (response.networkResponse() == null) {
        return fromCache(attempt, response);
      }
      lease = judge(attempt, response);
      if (lease == null) {
        return stands(attempt, response);
      }
      attempt.discard(response);
    }
  }

  /** An answer, and of one that would stand its body too if that is small. */
  private Response answer(Attempt attempt) throws IOException {
    Response response = attempt.execute();
    boolean retryAfter = response.header("Retry-After") != null;
    Outcome outcome = StatusJudge.judge(response.code(), retryAfter, settings().failureStatuses());
    attempt.outcome(outcome);
    if (outcome == Outcome.SUCCESS || outcome == Outcome.IGNORED) {
      attempt.readSmallBody(response);
    }
    return response;
  }

  /** The user's own cache answered: no server was asked, and nothing is proven. */
  private Response fromCache(Attempt attempt, Response response) {
    long now = System.nanoTime();
    attempt.lease().ignored(false, now);
    plan.end(Outcome.IGNORED, false, false, now);
    return response
        .newBuilder()
        .header(MeshHeaders.SOURCE, MeshHeaders.CACHE)
        .removeHeader(MeshHeaders.SERVER)
        .build();
  }

  /** Reports an answer; a lease when the call is tried again. */
  private @Nullable Lease judge(Attempt attempt, Response response) {
    int status = response.code();
    long now = System.nanoTime();
    switch (attempt.outcome()) {
      case SUCCESS -> {
        return null;
      }
      case FAILURE -> attempt.lease().failure(Failure.STATUS, status, now);
      case REJECTION -> {
        String retryAfter = response.header("Retry-After");
        long wait = retryAfter == null ? 0 : RetryAfter.nanos(retryAfter, Instant.now());
        attempt.lease().rejected(wait, now);
      }
      case IGNORED -> {
        if (settings().retry().on().stream().noneMatch(c -> c.status() == status)) {
          return null;
        }
        attempt.lease().ignored(true, now);
      }
    }
    lastWords = attempt.lease().address() + " " + Failure.STATUS.words(status);
    return again(Failure.STATUS, status, true, now);
  }

  /** Reports a failure; a lease when the call is tried again. */
  private @Nullable Lease judge(Attempt attempt, IOException failure) {
    long now = System.nanoTime();
    if (isCallersDoing(now) || attempt.hasBrokenRequest()) {
      attempt.outcome(Outcome.IGNORED);
      attempt.lease().ignored(false, now);
      return null;
    }
    Failure kind = attempt.kindOf(failure, now);
    attempt.outcome(Outcome.FAILURE);
    attempt.lease().failure(kind, 0, now);
    if (kind.isTimeout()) {
      call.listener().timedOut(attempt.phase());
    }
    if (lastFailure != null) {
      failure.addSuppressed(lastFailure);
    }
    lastFailure = failure;
    lastWords = words(attempt, kind, failure);
    return again(kind, 0, attempt.wasSent(), now);
  }

  /** Cancelled or interrupted: no server is to blame, and nobody waits for an answer. */
  private boolean isCallersDoing(long now) {
    return isCancelledByUser(now) || Thread.currentThread().isInterrupted();
  }

  private boolean isCancelledByUser(long now) {
    return call.chain().call().isCanceled() && now - plan.deadlineNanos() < -CLOCK_SLACK_NANOS;
  }

  private @Nullable Lease again(Failure failure, int status, boolean sent, long now) {
    if (call.chain().call().isCanceled() || !plan.mayRetry(failure, status, sent, now)) {
      return null;
    }
    long backoff = settings().retry().backoff().toNanos();
    if (backoff > 0 && !call.callListener().await(call.chain().call(), backoff)) {
      return null;
    }
    return plan.another(System.nanoTime());
  }

  /** The last answer, whatever it says, unless there is a better one here. */
  private Response stands(Attempt attempt, Response response) {
    Outcome outcome = attempt.outcome();
    if (outcome == Outcome.FAILURE || outcome == Outcome.REJECTION) {
      plan.end(outcome, true, false, System.nanoTime());
      Response local =
          call.fallBack(
              () -> new MeshException(settings().displayName(), words("no good answer"), null),
              plan.deadlineNanos());
      if (local != null) {
        attempt.discard(response);
        return local;
      }
    }
    Source source = plan.attempts() > 1 ? Source.RETRY : Source.LIVE;
    return response
        .newBuilder()
        .header(MeshHeaders.SOURCE, source.tag())
        .header(MeshHeaders.SERVER, attempt.lease().address())
        .body(LiveBody.of(response, call.keptBody(response), attempt, this))
        .build();
  }

  /** The last failure, unless there is an answer here. */
  private Response failed(Attempt attempt, IOException failure) throws IOException {
    long now = System.nanoTime();
    if (attempt.outcome() == Outcome.IGNORED) {
      plan.end(Outcome.IGNORED, false, false, now);
      throw failure;
    }
    boolean timedOut = attempt.kindOf(failure, now).isTimeout();
    plan.end(Outcome.FAILURE, false, timedOut, now);
    return call.fallBackOrThrow(exception(attempt, failure, timedOut), plan.deadlineNanos());
  }

  private MeshException exception(Attempt attempt, IOException failure, boolean timedOut) {
    Phase phase = attempt.phase();
    return timedOut
        ? new CallTimeoutException(
            settings().displayName(),
            words("timed out in phase " + phase.tag()),
            phase,
            unwrapped(failure))
        : new MeshException(
            settings().displayName(), words("no attempt succeeded"), unwrapped(failure));
  }

  /** Of failures whose kind doesn't say what happened, also what was thrown. */
  private static String words(Attempt attempt, Failure kind, IOException failure) {
    String words = attempt.lease().address() + " " + kind.words(0);
    boolean unclear = kind == Failure.CONNECT || kind == Failure.ERROR;
    return unclear && failure.getMessage() != null ? words + ": " + failure.getMessage() : words;
  }

  /** OkHttp's own message names the URL's port; its cause, which is ours, the server's. */
  private static IOException unwrapped(IOException failure) {
    return failure instanceof ConnectException
            && failure.getCause() instanceof ConnectException cause
        ? cause
        : failure;
  }

  private String words(String what) {
    long now = System.nanoTime();
    return what
        + " after "
        + (now - call.startNanos()) / 1_000_000
        + " ms"
        + plan.counters(now)
        + ": "
        + lastWords;
  }

  /** The caller will read the body. */
  void bodyOpened(Attempt attempt) {
    call.callListener().bodyOpened();
    attempt.onCancel(() -> bodyCancelled(attempt));
  }

  /** The body was read to its end, or closed before. */
  void bodyDone(Attempt attempt) {
    long now = System.nanoTime();
    if (attempt.outcome() == Outcome.SUCCESS) {
      attempt.lease().success(now);
    } else {
      attempt.lease().ignored(true, now);
    }
    plan.end(attempt.outcome(), true, false, now);
    call.callListener().bodyEnded(null);
  }

  /** Reading the body failed; what the caller gets to see. */
  IOException bodyFailed(Attempt attempt, IOException failure) {
    long now = System.nanoTime();
    IOException seen = failure;
    if (isCallersDoing(now)) {
      attempt.lease().ignored(false, now);
      plan.end(Outcome.IGNORED, false, false, now);
    } else {
      Failure kind = attempt.kindOf(failure, now);
      lastWords = words(attempt, kind, failure);
      seen = exception(attempt, failure, kind.isTimeout());
      bodyBroke(attempt, kind, now);
    }
    call.callListener().bodyEnded(seen);
    return seen;
  }

  /**
   * Its time ran out, or somebody cancelled it. While nobody was reading, that says nothing of the
   * server: the caller took its time, or forgot to close.
   */
  private void bodyCancelled(Attempt attempt) {
    long now = System.nanoTime();
    if (isCancelledByUser(now) || !attempt.isReading()) {
      attempt.lease().ignored(true, now);
      plan.end(Outcome.IGNORED, false, false, now);
    } else {
      bodyBroke(attempt, Failure.TIMEOUT, now);
    }
  }

  private void bodyBroke(Attempt attempt, Failure kind, long now) {
    attempt.lease().failure(kind, 0, now);
    if (plan.end(Outcome.FAILURE, true, kind.isTimeout(), now) && kind.isTimeout()) {
      call.listener().timedOut(Phase.BODY);
    }
  }

  private UpstreamSettings settings() {
    return plan.settings();
  }
}
