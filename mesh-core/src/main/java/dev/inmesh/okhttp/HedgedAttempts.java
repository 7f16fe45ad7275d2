package dev.inmesh.okhttp;

import dev.inmesh.call.Deadline;
import dev.inmesh.engine.Lease;
import dev.inmesh.http.HttpAttempt;
import dev.inmesh.http.HttpCall;
import dev.inmesh.http.Next;
import dev.inmesh.timer.Timers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that may be hedged. One runs on the caller's thread, as without hedges; a
 * timer starts others beside it, on threads of the mesh. When one of those has a good answer first,
 * the caller's attempt is cancelled, which frees its thread to take that answer. What follows the
 * last of those that run is decided and done on the caller's thread alone.
 */
final class HedgedAttempts {

  /** How much longer than its deadline an attempt is waited for: its own timer says more. */
  private static final long GRACE_NANOS = 2_000_000;

  /**
   * What an attempt came to.
   *
   * @param response null when it failed
   * @param failure null when it has an answer
   * @param next null when the call ends by it: broken by its user, or answered by the user's cache
   */
  private record Ended(
      Attempt attempt,
      @Nullable Response response,
      @Nullable Throwable failure,
      @Nullable Next next) {

    boolean isForOthersToSay() {
      return next == Next.WAITS || next == Next.LOST;
    }
  }

  private final HttpCall call;
  private final UpstreamCall driver;
  private final Runnable hedge = Deadline.wrap(this::hedge);

  // Guarded by this.
  private final Map<Attempt, Call> sending = new HashMap<>();
  private final Set<Attempt> stopped = new HashSet<>();
  private final Map<Attempt, Response> answers = new HashMap<>();

  /** What a hedge has ended with, when the caller's thread is to go on with that. */
  private volatile @Nullable Ended byHedge;

  /** Whether the caller's thread goes on with nothing any more; guarded by this. */
  private boolean left;

  private volatile Timers.Timer timer = Timers.Timer.NONE;

  HedgedAttempts(HttpCall call, UpstreamCall driver) {
    this.call = call;
    this.driver = driver;
  }

  Response answer(Lease first) throws IOException {
    try {
      Lease lease = first;
      while (true) {
        Ended last = round(lease);
        if (last.next == null) {
          return endedByUser(last);
        }
        lease = last.next == Next.AGAIN ? driver.another() : null;
        if (lease == null) {
          return stands(last);
        }
        discard(last);
        discardAnswers();
      }
    } finally {
      timer.cancel();
      discardAnswers();
    }
  }

  /** An attempt, with all that run beside it, until there is one to go on with. */
  private Ended round(Lease lease) throws IOException {
    byHedge = null;
    Attempt attempt = new Attempt(call, driver, lease);
    call.begun(attempt);
    hedgeLater();
    Ended own = run(attempt);
    return own.isForOthersToSay() ? awaitHedge() : own;
  }

  private void hedgeLater() {
    long after = call.hedgeAfterNanos();
    if (after != Long.MAX_VALUE) {
      timer.cancel();
      timer =
          driver
              .clients()
              .timers()
              .schedule(after, () -> driver.clients().hedgeThreads().execute(hedge));
    }
  }

  private void hedge() {
    Attempt attempt = call.hedge(System.nanoTime(), lease -> new Attempt(call, driver, lease));
    if (attempt == null) {
      return;
    }
    hedgeLater();
    Ended ended = run(attempt);
    if (!ended.isForOthersToSay()) {
      if (handOver(ended)) {
        driver.callListener().wake();
      } else {
        letGo(ended);
      }
    }
  }

  /** False when the caller's thread has left: cancelled or interrupted in this very moment. */
  private synchronized boolean handOver(Ended ended) {
    if (!left) {
      byHedge = ended;
    }
    return !left;
  }

  private synchronized @Nullable Ended leave() {
    left = true;
    return byHedge;
  }

  /** Nobody takes what it has ended with. */
  private void letGo(Ended ended) {
    call.abandoned(ended.attempt, ended.response != null, System.nanoTime());
    discard(ended);
  }

  /** Runs an attempt and reports it, on whatever thread. */
  private Ended run(Attempt attempt) {
    Throwable failure;
    try {
      Response response = driver.answer(attempt);
      return answered(attempt, response);
    } catch (IOException e) {
      failure = e;
      long now = System.nanoTime();
      if (!attempt.hasBrokenRequest() && !driver.isCallersDoing(now)) {
        IOException seen = UpstreamCall.unwrapped(e);
        Next next = call.failed(attempt, attempt.kindOf(e, now), seen, now);
        return new Ended(attempt, null, e, next);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    boolean ended = call.broke(attempt, System.nanoTime());
    return new Ended(attempt, null, failure, ended ? null : Next.LOST);
  }

  private Ended answered(Attempt attempt, Response response) {
    long now = System.nanoTime();
    if (response.networkResponse() == null && call.broke(attempt, now)) {
      return new Ended(attempt, response, null, null);
    }
    // Here before it is reported: from then on the caller's thread may ask for it.
    keep(attempt, response);
    Next next = call.answered(attempt, response.code(), response.header("Retry-After"), now);
    if (next == Next.WAITS) {
      return new Ended(attempt, null, null, next);
    }
    Response own = take(attempt);
    Ended ended = new Ended(attempt, own, null, next);
    if (next == Next.LOST) {
      discard(ended);
    }
    return ended;
  }

  /** The caller's attempt is over, and another one still runs, or has answered. */
  private Ended awaitHedge() throws IOException {
    CallListener listener = driver.callListener();
    Call userCall = driver.chain().call();
    while (true) {
      long left = call.deadlineNanos() + GRACE_NANOS - System.nanoTime();
      if (!listener.await(userCall, left, () -> byHedge != null)) {
        call.abandoned(System.nanoTime());
        Ended untaken = leave();
        if (untaken != null) {
          letGo(untaken);
        }
        throw userCall.isCanceled()
            ? new IOException("Canceled")
            : new InterruptedIOException("interrupted");
      }
      Ended ended = byHedge != null ? byHedge : left <= 0 ? outOfTime() : null;
      if (ended != null) {
        return ended;
      }
    }
  }

  /** Whoever still runs doesn't keep its time: user code in it may wait for anything. */
  private @Nullable Ended outOfTime() {
    for (HttpAttempt late = call.anyRunning(); late != null; late = call.anyRunning()) {
      InterruptedIOException timeout = new InterruptedIOException("timeout");
      long now = System.nanoTime();
      Next next = call.failed(late, ((Attempt) late).kindOf(timeout, now), timeout, now);
      stop((Attempt) late);
      if (next == Next.STANDS || next == Next.AGAIN) {
        return new Ended((Attempt) late, null, timeout, next);
      }
    }
    Thread.onSpinWait(); // It has ended by itself, and is about to say so.
    return null;
  }

  private Response stands(Ended last) throws IOException {
    Attempt standing = (Attempt) call.lastOutcome(last.attempt, System.nanoTime());
    Response response = standing == last.attempt ? last.response : take(standing);
    if (response == null) {
      return driver.gaveUp(standing);
    }
    Call running = callOf(standing);
    if (running != null) {
      driver.callListener().attempt(driver.chain().call(), running);
    }
    return driver.stands(standing, response);
  }

  /** Broken by the user's own code, cancelled, interrupted, or answered by the user's cache. */
  private Response endedByUser(Ended last) throws IOException {
    if (last.response != null) {
      return driver.fromCache(last.attempt, last.response);
    }
    if (last.failure instanceof IOException e) {
      throw e;
    }
    if (last.failure instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) Objects.requireNonNull(last.failure);
  }

  private static void discard(Ended ended) {
    if (ended.response != null) {
      ended.attempt.discard(ended.response);
    }
  }

  /** Answers that were set aside for want of a better one. */
  private void discardAnswers() {
    List<Map.Entry<Attempt, Response>> unwanted;
    synchronized (this) {
      unwanted = List.copyOf(answers.entrySet());
      answers.clear();
    }
    unwanted.forEach(entry -> entry.getKey().discard(entry.getValue()));
  }

  private synchronized void keep(Attempt attempt, Response response) {
    answers.put(attempt, response);
  }

  private synchronized @Nullable Response take(Attempt attempt) {
    return answers.remove(attempt);
  }

  private synchronized @Nullable Call callOf(Attempt attempt) {
    return sending.get(attempt);
  }

  /** An attempt sends by this call. */
  void sending(Attempt attempt, Call running) {
    boolean tooLate;
    synchronized (this) {
      sending.put(attempt, running);
      tooLate = stopped.contains(attempt);
    }
    if (tooLate) {
      running.cancel();
    }
  }

  /** Ends an attempt, whatever thread it runs on. */
  void stop(Attempt attempt) {
    Call running;
    synchronized (this) {
      stopped.add(attempt);
      running = sending.get(attempt);
    }
    attempt.stopWaiting();
    if (running != null) {
      running.cancel();
    }
  }
}
