package dev.inmesh.okhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.http.CalledRequest;
import dev.inmesh.http.FallingBack;
import dev.inmesh.http.HttpCall;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.Instead;
import dev.inmesh.http.LocalAnswer;
import dev.inmesh.http.MeshHeaders;
import dev.inmesh.http.Next;
import dev.inmesh.http.StaleAnswers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One call to an upstream, on the caller's thread or the dispatcher's: makes its attempts, one
 * after the other, until one stands; {@link HttpCall} decides. Used once, by one thread; the body
 * of the answer may be read by another one.
 */
final class UpstreamCall implements CalledRequest {

  /** How much earlier OkHttp's own call timeout may fire than the deadline that includes it. */
  private static final long CLOCK_SLACK_NANOS = 2_000_000;

  private final AttemptClients clients;
  private final Interceptor.Chain chain;
  private final CallListener callListener;
  private final Request request;
  private final long limitNanos;
  private final HttpCall call;
  private @Nullable HedgedAttempts hedged;

  UpstreamCall(
      HttpUpstream upstream,
      AttemptClients clients,
      Interceptor.Chain chain,
      CallListener callListener,
      Request request,
      long startNanos,
      long limitNanos) {
    this.clients = clients;
    this.chain = chain;
    this.callListener = callListener;
    this.request = request;
    this.call = new HttpCall(upstream, this, startNanos);
    this.limitNanos = Math.min(limitNanos, usersTimeoutNanos());
  }

  /**
   * The user's own callTimeout: OkHttp stops its clock when the interceptors return, so the body's
   * must include it. When it fires, OkHttp throws away whatever the interceptors return; so where
   * there is a fallback, the mesh alone keeps that time.
   */
  private long usersTimeoutNanos() {
    Timeout timeout = chain.call().timeout();
    if (timeout.timeoutNanos() == 0) {
      return Long.MAX_VALUE;
    }
    if (call.fallsBack() && timeout instanceof AsyncTimeout running) {
      boolean unused = running.exit();
    }
    return timeout.timeoutNanos();
  }

  Response execute() throws IOException {
    long now = System.nanoTime();
    Lease first;
    try {
      first = call.start(limitNanos, now);
    } catch (MeshException refused) {
      return orThrow(call.fallBack(() -> refused, System.nanoTime()), refused);
    }
    try {
      if (call.isHedged()) {
        HedgedAttempts sideBySide = new HedgedAttempts(call, this);
        hedged = sideBySide;
        return sideBySide.answer(first);
      }
      return attempts(first);
    } catch (RuntimeException | Error e) {
      // A bug in the user's own code (a body, a network interceptor): no server is to blame.
      call.abandoned(System.nanoTime());
      throw e;
    }
  }

  private Response attempts(Lease first) throws IOException {
    Lease lease = first;
    while (true) {
      Attempt attempt = new Attempt(call, this, lease);
      Response response;
      try {
        response = answer(attempt);
      } catch (IOException e) {
        long now = System.nanoTime();
        if (isCallersDoing(now) || attempt.hasBrokenRequest()) {
          call.abandoned(attempt, false, now);
          throw e;
        }
        Next next = call.failed(attempt, attempt.kindOf(e, now), unwrapped(e), now);
        lease = next == Next.AGAIN ? another() : null;
        if (lease == null) {
          return gaveUp(attempt);
        }
        continue;
      } catch (RuntimeException | Error e) {
        call.abandoned(attempt, false, System.nanoTime());
        throw e;
      }
      if (response.networkResponse() == null) {
        return fromCache(attempt, response);
      }
      Next next =
          call.answered(
              attempt, response.code(), response.header("Retry-After"), System.nanoTime());
      lease = next == Next.AGAIN ? another() : null;
      if (lease == null) {
        return stands(attempt, response);
      }
      attempt.discard(response);
    }
  }

  /** An answer, and of one that would stand its body too if that is small. */
  Response answer(Attempt attempt) throws IOException {
    Response response = attempt.execute();
    boolean retryAfter = response.header("Retry-After") != null;
    Outcome outcome = call.judge(attempt, response.code(), retryAfter);
    if (outcome == Outcome.SUCCESS || outcome == Outcome.IGNORED) {
      attempt.readSmallBody(response);
    }
    return response;
  }

  /** Cancelled or interrupted: no server is to blame, and nobody waits for an answer. */
  boolean isCallersDoing(long now) {
    return isCancelledByUser(now) || Thread.currentThread().isInterrupted();
  }

  private boolean isCancelledByUser(long now) {
    return isCancelled() && now - call.deadlineNanos() < -CLOCK_SLACK_NANOS;
  }

  /** The server of a further attempt after the wait for it, or null. */
  @Nullable Lease another() {
    long backoff = call.backoffNanos();
    if (backoff > 0 && !callListener.await(chain.call(), backoff)) {
      return null;
    }
    return call.another(System.nanoTime());
  }

  /** OkHttp's own message names the URL's port; its cause, which is ours, the server's. */
  static IOException unwrapped(IOException failure) {
    return failure instanceof ConnectException
            && failure.getCause() instanceof ConnectException cause
        ? cause
        : failure;
  }

  /** The user's own cache answered: no server was asked, and nothing is proven. */
  Response fromCache(Attempt attempt, Response response) {
    call.abandoned(attempt, false, System.nanoTime());
    return response
        .newBuilder()
        .header(MeshHeaders.SOURCE, MeshHeaders.CACHE)
        .removeHeader(MeshHeaders.SERVER)
        .build();
  }

  /** The last answer, whatever it says, unless there is a better one here. */
  Response stands(Attempt attempt, Response response) {
    Response local = await(call.instead(attempt, System.nanoTime()));
    if (local != null) {
      attempt.discard(response);
      return local;
    }
    return response
        .newBuilder()
        .header(MeshHeaders.SOURCE, call.source(attempt).tag())
        .header(MeshHeaders.SERVER, attempt.lease().address())
        .body(LiveBody.of(response, keptBody(response), attempt, this))
        .build();
  }

  /** The last failure, unless there is an answer here. */
  Response gaveUp(Attempt attempt) throws MeshException {
    MeshException failure = call.gaveUp(attempt, System.nanoTime());
    return orThrow(call.fallBack(() -> failure, System.nanoTime()), failure);
  }

  private Response orThrow(@Nullable Instead instead, MeshException failure) throws MeshException {
    Response local = await(instead);
    if (local == null) {
      throw call.without(instead, failure);
    }
    return local;
  }

  private @Nullable Response await(@Nullable Instead instead) {
    LocalAnswer answer = instead instanceof FallingBack code ? await(code) : (LocalAnswer) instead;
    return answer == null ? null : LocalResponses.of(answer, request);
  }

  private @Nullable LocalAnswer await(FallingBack code) {
    code.whenDone(answer -> callListener.wake());
    if (!callListener.await(chain.call(), code.nanosLeft(), code::isDone)) {
      code.abandon();
    } else if (!code.isDone()) {
      code.timeIsUp();
    }
    return code.answer();
  }

  /** Keeps the answer's body as it is read, or null when it must not be kept. */
  private @Nullable KeptBody keptBody(Response response) {
    // Without one it came from the client's cache, which knows whose it is, and we don't.
    Response network = response.networkResponse();
    StaleAnswers.Place place =
        network == null
            ? null
            : call.placeToKeep(
                response.code(),
                // The cookie jar's cookies are on the request that went out, not on ours.
                network.request()::header,
                name -> KeptBody.header(response, name));
    return place == null ? null : new KeptBody(place, response);
  }

  /** The caller will read the body. */
  void bodyOpened(Attempt attempt) {
    callListener.bodyOpened();
    attempt.onCancel(() -> bodyCancelled(attempt));
  }

  /** The body was read to its end, or closed before. */
  void bodyDone(Attempt attempt) {
    call.bodyDone(attempt, System.nanoTime());
    callListener.bodyEnded(null);
  }

  /** Reading the body failed; what the caller gets to see. */
  IOException bodyFailed(Attempt attempt, IOException failure) {
    long now = System.nanoTime();
    IOException seen = failure;
    if (isCallersDoing(now)) {
      call.abandoned(attempt, false, now);
    } else {
      Failure kind = attempt.kindOf(failure, now);
      seen = call.bodyFailed(attempt, kind, unwrapped(failure), now);
    }
    callListener.bodyEnded(seen);
    return seen;
  }

  /**
   * Its time ran out, or somebody cancelled it. While nobody was reading, that says nothing of the
   * server: the caller took its time, or forgot to close.
   */
  private void bodyCancelled(Attempt attempt) {
    long now = System.nanoTime();
    if (isCancelledByUser(now) || !attempt.isReading()) {
      call.abandoned(attempt, true, now);
    } else {
      call.bodyTimedOut(attempt, now);
    }
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    return request.url().encodedPath();
  }

  @Override
  public String url() {
    return request.url().toString();
  }

  @Override
  public URI uri() {
    return request.url().uri();
  }

  @Override
  public @Nullable String header(String name) {
    return request.header(name);
  }

  @Override
  public @Nullable String query(String name) {
    return request.url().queryParameter(name);
  }

  @Override
  public boolean isReplayable() {
    RequestBody body = request.body();
    return body == null || !body.isOneShot();
  }

  @Override
  public boolean isCancelled() {
    return chain.call().isCanceled();
  }

  /** The instant by which the call, and whatever it is redirected to, must have returned. */
  long deadlineNanos() {
    return call.deadlineNanos();
  }

  /** An attempt sends: from now on a cancel of the call reaches it. */
  void sending(Attempt attempt, Call running) {
    HedgedAttempts sideBySide = hedged;
    if (sideBySide == null || !call.isHedge(attempt)) {
      callListener.attempt(chain.call(), running);
    }
    if (sideBySide != null) {
      sideBySide.sending(attempt, running);
    }
  }

  /** Another attempt was better, on whatever thread this one runs. */
  void stop(Attempt attempt) {
    HedgedAttempts sideBySide = hedged;
    if (sideBySide != null) {
      sideBySide.stop(attempt);
    }
  }

  /**
   * Whom an attempt's events are for. Those of a hedge are for nobody: they come on another thread,
   * amid those of the attempt that it runs beside.
   */
  EventListener listenerOf(Attempt attempt) {
    return hedged != null && call.isHedge(attempt) ? EventListener.NONE : chain.getEventListener();
  }

  Interceptor.Chain chain() {
    return chain;
  }

  CallListener callListener() {
    return callListener;
  }

  AttemptClients clients() {
    return clients;
  }

  Request request() {
    return request;
  }
}
