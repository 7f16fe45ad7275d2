package dev.inmesh.http;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.RetryCondition;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Source;
import dev.inmesh.event.UpstreamListener;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call to an upstream, whatever client it is made with. Its driver makes the attempts and
 * reports how each of them went; what that means for the server, the call and its caller is decided
 * here, without I/O and without waiting.
 *
 * <p>The order of the stages, outermost first: the fallback, since it sees every way of failing;
 * the deadline, since it covers everything inside; the breaker and the limit, since they refuse
 * before anything is picked (these three are {@link dev.inmesh.engine.UpstreamEngine#plan}); then
 * the attempts.
 *
 * <pre>
 * start -> attempt -> answered | failed -> AGAIN: another -> attempt ...
 *                                       -> STANDS, or nobody left: lastOutcome
 *             answered -> instead: that | the answer -> bodyDone | bodyFailed | abandoned
 *             failed   -> gaveUp   -> fallBack: that | the exception
 * </pre>
 *
 * While an attempt takes long, {@link #hedge} may begin another beside it; then reports may also be
 * answered by WAITS and LOST, see {@link Next}.
 *
 * <p>Reports may come from any thread, those of one attempt one after the other. It is longer than
 * other files, since all that a driver may report or ask stands in this one place.
 */
public final class HttpCall {

  private final HttpUpstream upstream;
  private final CalledRequest request;
  private final long startNanos;
  private final UpstreamSettings settings;
  private final UpstreamListener listener;
  private final StaleAnswers.@Nullable Key staleKey;

  private long limitNanos = Long.MAX_VALUE;
  private volatile @Nullable CallPlan plan;
  private @Nullable Throwable lastFailure;

  /** Only of calls that may be hedged; all others go without its lock. */
  private volatile @Nullable Race race;

  /**
   * A call that is still to be made.
   *
   * @param startNanos when the user made it
   */
  public HttpCall(HttpUpstream upstream, CalledRequest request, long startNanos) {
    this.upstream = upstream;
    this.request = request;
    this.startNanos = startNanos;
    this.settings = upstream.engine().settings(request.method(), request.path());
    this.listener = upstream.engine().listener(request.method(), request.path());
    StaleAnswers stale = upstream.stale(settings);
    this.staleKey =
        stale == null ? null : stale.key(request.method(), request.url(), request::header);
  }

  /**
   * Plans the call and leases the first server.
   *
   * @param limitNanos how long after its start it must have returned, whatever the upstream says
   * @throws MeshException if it is refused: nothing was tried, and there may be a fallback
   */
  public Lease start(long limitNanos, long now) throws MeshException {
    this.limitNanos = limitNanos;
    CallPlan planned = upstream.engine().plan(info(), now);
    plan = planned;
    try {
      Lease first = planned.first(now);
      if (planned.hedgeAfterNanos() != Long.MAX_VALUE) {
        race = new Race(planned);
      }
      return first;
    } catch (MeshException nobody) {
      // Nothing was tried, so nothing is proven: the breaker must not open for it.
      boolean timedOut = nobody instanceof CallTimeoutException;
      Outcome outcome = timedOut ? Outcome.IGNORED : Outcome.REJECTION;
      planned.end(outcome, false, false, System.nanoTime());
      throw nobody;
    }
  }

  private CallInfo info() {
    return new CallInfo(
        request.method(),
        request.path(),
        startNanos,
        KeyHash.of(settings, request.path(), request::header, request::query),
        limitNanos,
        Idempotence.of(request.method()) || request.header(Idempotence.KEY_HEADER) != null,
        request.isReplayable(),
        upstream.hasFallbackInCode());
  }

  /** Whether attempts may run side by side. */
  public boolean isHedged() {
    return race != null;
  }

  /** How long after the start of an attempt to hedge it; {@link Long#MAX_VALUE} for never. */
  public long hedgeAfterNanos() {
    return race == null ? Long.MAX_VALUE : plan().hedgeAfterNanos();
  }

  /** An attempt is about to begin. */
  public void begun(HttpAttempt attempt) {
    Race current = race;
    if (current != null) {
      current.begun(attempt);
    }
  }

  /**
   * A further attempt beside those that run, on another server; null when nobody runs, or the call
   * must not be hedged.
   *
   * @param begin makes it of its lease; must not start it yet
   */
  public <A extends HttpAttempt> @Nullable A hedge(long now, Function<Lease, A> begin) {
    Race current = race;
    return current == null ? null : current.hedge(now, begin);
  }

  /** Whether this attempt runs, or ran, beside another. */
  public boolean isHedge(HttpAttempt attempt) {
    Race current = race;
    return current != null && current.isHedge(attempt);
  }

  /** One of those that run side by side; null when nobody does. */
  public @Nullable HttpAttempt anyRunning() {
    Race current = race;
    return current == null ? null : current.anyRunning();
  }

  /** Judges an answer by its head. */
  public Outcome judge(HttpAttempt attempt, int status, boolean retryAfter) {
    Outcome outcome = StatusJudge.judge(status, retryAfter, plan().settings().failureStatuses());
    attempt.judged(outcome);
    return outcome;
  }

  /**
   * An answer that was judged is here, of a good one as much of the body as is read before it
   * counts.
   *
   * @param retryAfter the header's value; null when it is missing
   */
  public Next answered(HttpAttempt attempt, int status, @Nullable String retryAfter, long now) {
    Race current = race;
    boolean ignored = attempt.outcome() == Outcome.IGNORED;
    if (attempt.outcome() == Outcome.SUCCESS || (ignored && !retriesOn(status))) {
      return current == null || won(current, attempt, now) ? Next.STANDS : lost(attempt, now);
    }
    if (current == null) {
      badAnswer(attempt, status, retryAfter, now);
    } else {
      synchronized (current) {
        if (!current.isRunning(attempt)) {
          return lost(attempt, now);
        }
        badAnswer(attempt, status, retryAfter, now);
        if (current.leave(attempt, true)) {
          return Next.WAITS;
        }
      }
    }
    return mayRetry(Failure.STATUS, status, true, now);
  }

  /** Its lease has ended with the race, unless it began only when that was decided. */
  private static Next lost(HttpAttempt attempt, long now) {
    attempt.lease().ignored(false, now);
    return Next.LOST;
  }

  private boolean won(Race current, HttpAttempt attempt, long now) {
    boolean won = current.win(attempt, now);
    if (won && current.isHedge(attempt)) {
      listener.hedgeWon();
    }
    return won;
  }

  private void badAnswer(HttpAttempt attempt, int status, @Nullable String retryAfter, long now) {
    switch (attempt.outcome()) {
      case FAILURE -> attempt.lease().failure(Failure.STATUS, status, now);
      case REJECTION -> {
        long wait = retryAfter == null ? 0 : RetryAfter.nanos(retryAfter, Instant.now());
        attempt.lease().rejected(wait, now);
      }
      case SUCCESS, IGNORED -> attempt.lease().ignored(true, now);
    }
    attempt.failed(
        Failure.STATUS, null, attempt.lease().address() + " " + Failure.STATUS.words(status));
  }

  private boolean retriesOn(int status) {
    for (RetryCondition condition : plan().settings().retry().on()) {
      if (condition.status() == status) {
        return true;
      }
    }
    return false;
  }

  /** The attempt failed before an answer counted, and the server is to blame. */
  public Next failed(HttpAttempt attempt, Failure kind, Throwable failure, long now) {
    Race current = race;
    if (current == null) {
      charge(attempt, kind, failure, now);
    } else {
      synchronized (current) {
        if (!current.isRunning(attempt)) {
          return lost(attempt, now);
        }
        charge(attempt, kind, failure, now);
        if (current.leave(attempt, false)) {
          return Next.WAITS;
        }
      }
    }
    return mayRetry(kind, 0, attempt.wasSent(), now);
  }

  private void charge(HttpAttempt attempt, Failure kind, Throwable failure, long now) {
    attempt.judged(Outcome.FAILURE);
    attempt.lease().failure(kind, 0, now);
    if (kind.isTimeout()) {
      listener.timedOut(attempt.phase());
    }
    synchronized (this) {
      if (lastFailure != null && lastFailure != failure) {
        failure.addSuppressed(lastFailure);
      }
      lastFailure = failure;
    }
    attempt.failed(kind, failure, words(attempt, kind, failure));
  }

  private Next mayRetry(Failure kind, int status, boolean sent, long now) {
    return !request.isCancelled() && plan().mayRetry(kind, status, sent, now)
        ? Next.AGAIN
        : Next.STANDS;
  }

  /** How long to wait before a further attempt. */
  public long backoffNanos() {
    return plan().settings().retry().backoff().toNanos();
  }

  /** The server of a further attempt; null when the outcome of the one before stands. */
  public @Nullable Lease another(long now) {
    Lease lease = plan().another(now);
    Race current = race;
    HttpAttempt aside = lease == null || current == null ? null : current.takeAside();
    if (aside != null) {
      aside.stop();
    }
    return lease;
  }

  /**
   * Whose outcome stands when this attempt was the last: a bad answer that came while it ran is
   * better than a failure of its own, as long as there is time to read it.
   */
  public HttpAttempt lastOutcome(HttpAttempt last, long now) {
    Race current = race;
    HttpAttempt aside = current == null ? null : current.takeAside();
    if (aside == null || (last.hasFailed() && !aside.isOutOfTime(now))) {
      return aside == null ? last : aside;
    }
    aside.stop();
    return last;
  }

  /**
   * The answer of this attempt is the last one. Of a bad one the call ends here, as far as the
   * servers are concerned, and the caller may get something else.
   *
   * @return what that is; null when the answer is to be handed out
   */
  public @Nullable Instead instead(HttpAttempt attempt, long now) {
    if (!attempt.isBad()) {
      return null;
    }
    plan().end(attempt.outcome(), true, false, now);
    return fallBack(
        () -> new MeshException(settings().displayName(), words("no good answer", attempt), null),
        now);
  }

  /** The failure of this attempt is the last one: the call ends here, in this way. */
  public MeshException gaveUp(HttpAttempt attempt, long now) {
    plan().end(Outcome.FAILURE, false, attempt.kind().isTimeout(), now);
    return exception(attempt);
  }

  private MeshException exception(HttpAttempt attempt) {
    Phase phase = attempt.phase();
    return attempt.kind().isTimeout()
        ? new CallTimeoutException(
            settings().displayName(),
            words("timed out in phase " + phase.tag(), attempt),
            phase,
            attempt.failure())
        : new MeshException(
            settings().displayName(), words("no attempt succeeded", attempt), attempt.failure());
  }

  private String words(String what, HttpAttempt attempt) {
    long now = System.nanoTime();
    return what
        + " after "
        + (now - startNanos) / 1_000_000
        + " ms"
        + plan().counters(now)
        + ": "
        + attempt.words();
  }

  /** Of failures whose kind doesn't say what happened, also what was thrown. */
  private static String words(HttpAttempt attempt, Failure kind, Throwable failure) {
    if (kind == Failure.OUTSIDE && failure.getMessage() != null) {
      return failure.getMessage(); // Names the server and the address.
    }
    String words = attempt.lease().address() + " " + kind.words(0);
    return kind.isUnclear() && failure.getMessage() != null
        ? words + ": " + failure.getMessage()
        : words;
  }

  /**
   * What the caller gets instead of a failure, or null when there is nothing.
   *
   * @param failure made only when a fallback in code asks for it
   */
  public @Nullable Instead fallBack(Supplier<MeshException> failure, long now) {
    return upstream.fallBack(
        settings, listener, staleKey, request, failure, deadlineNanos() - now, now);
  }

  /**
   * What the caller gets to see when there was nothing instead: the failure, or that the code which
   * was asked for an answer took the rest of the time.
   */
  public MeshException without(@Nullable Instead instead, MeshException failure) {
    if (!(instead instanceof FallingBack code) || !code.isLate()) {
      return failure;
    }
    return late(Phase.FALLBACK, "instead of: " + failure.getMessage(), failure);
  }

  /** The code that was to take the answer took the rest of the time: no server is to blame. */
  public MeshException handlerLate() {
    return late(Phase.BODY, "the answer is here, but the body handler has not taken it", null);
  }

  private MeshException late(Phase phase, String words, @Nullable Throwable cause) {
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    return new CallTimeoutException(
        settings().displayName(),
        "timed out in phase " + phase.tag() + " after " + millis + " ms, " + words,
        phase,
        cause);
  }

  /** Where the answer of an attempt came from. */
  public Source source(HttpAttempt attempt) {
    Race current = race;
    if (current != null && current.isHedge(attempt)) {
      return Source.HEDGE;
    }
    int attempts = current == null ? plan().attempts() : current.inARow();
    return attempts > 1 ? Source.RETRY : Source.LIVE;
  }

  /** The body was read to its end, or the caller wanted no more of it. */
  public void bodyDone(HttpAttempt attempt, long now) {
    if (attempt.outcome() == Outcome.SUCCESS) {
      attempt.lease().success(now);
    } else {
      attempt.lease().ignored(true, now);
    }
    plan().end(attempt.outcome(), true, false, now);
  }

  /** Reading the body that was handed out failed; what its reader gets to see. */
  public MeshException bodyFailed(HttpAttempt attempt, Failure kind, Throwable failure, long now) {
    attempt.failed(kind, failure, words(attempt, kind, failure));
    bodyBroke(attempt, kind, now);
    return exception(attempt);
  }

  /** The time of a body that somebody was reading ran out. */
  public void bodyTimedOut(HttpAttempt attempt, long now) {
    bodyBroke(attempt, Failure.TIMEOUT, now);
  }

  private void bodyBroke(HttpAttempt attempt, Failure kind, long now) {
    attempt.lease().failure(kind, 0, now);
    if (plan().end(Outcome.FAILURE, true, kind.isTimeout(), now) && kind.isTimeout()) {
      listener.timedOut(Phase.BODY);
    }
  }

  /**
   * The attempt and the call end, and no server is to blame: cancelled, interrupted, answered by a
   * cache, broken by the user's own code, or a body that its reader was too slow for.
   *
   * @param answered whether the server answered
   */
  public void abandoned(HttpAttempt attempt, boolean answered, long now) {
    attempt.judged(Outcome.IGNORED);
    attempt.lease().ignored(answered, now);
    abandoned(now);
  }

  /**
   * The same, unless it has lost: what then befalls it is of no account.
   *
   * @return whether the call has ended by it
   */
  public boolean broke(HttpAttempt attempt, long now) {
    Race current = race;
    if (current != null && !current.abandon(attempt, now)) {
      attempt.lease().ignored(false, now);
      return false;
    }
    abandoned(attempt, false, now);
    return true;
  }

  /**
   * The attempt can't be made at all, for which no server is to blame: it leaves the call to those
   * that run beside it.
   *
   * @return false if none does, and nothing has happened
   */
  public boolean withdrew(HttpAttempt attempt, long now) {
    Race current = race;
    if (current == null || !current.withdraw(attempt)) {
      return false;
    }
    attempt.judged(Outcome.IGNORED);
    attempt.lease().ignored(false, now);
    return true;
  }

  /** The call ends, and no attempt has a say in it, or the call was not even planned. */
  public void abandoned(long now) {
    Race current = race;
    if (current != null) {
      current.abandon(now);
    }
    CallPlan planned = plan;
    if (planned != null) {
      planned.end(Outcome.IGNORED, false, false, now);
    }
  }

  /**
   * Where to keep this answer as the last good one, or null when it must not be kept.
   *
   * @param sent a header of the request as it went out, by its name; null when missing
   * @param header a header of the answer, by its name in lower case, several values joined by
   *     commas; null when missing
   */
  public StaleAnswers.@Nullable Place placeToKeep(
      int status,
      Function<String, @Nullable String> sent,
      Function<String, @Nullable String> header) {
    StaleAnswers stale = upstream.stale(settings);
    if (stale == null || staleKey == null) {
      return null;
    }
    // What the client added, as a cookie, may make it somebody's own.
    boolean personal = stale.key(request.method(), staleKey.url(), sent) == null;
    return !personal && stale.mayKeep(status, header)
        ? new StaleAnswers.Place(stale, staleKey)
        : null;
  }

  /** Whether a failure of this call may be answered by something else. */
  public boolean fallsBack() {
    return settings.fallback().stale()
        || settings.fallback().byDefault()
        || upstream.hasFallbackInCode();
  }

  /** The settings that hold for this call, whatever a reload changes meanwhile. */
  public UpstreamSettings settings() {
    CallPlan planned = plan;
    return planned == null ? settings : planned.settings();
  }

  /**
   * The request header in which each attempt tells its server how long it waits, lower case; empty
   * for none.
   */
  public String deadlineHeader() {
    return upstream.deadlineHeader();
  }

  /** When the user made the call. */
  public long startNanos() {
    return startNanos;
  }

  /** The instant by which the call, and whatever it is redirected to, must have returned. */
  public long deadlineNanos() {
    return startNanos + Math.min(settings.timeouts().call().toNanos(), limitNanos);
  }

  long attemptDeadlineNanos(Lease lease) {
    return plan().attemptDeadlineNanos(lease.startNanos());
  }

  private CallPlan plan() {
    return Objects.requireNonNull(plan, "the call was not started");
  }
}
