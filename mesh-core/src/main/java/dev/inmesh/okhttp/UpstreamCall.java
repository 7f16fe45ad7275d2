package dev.inmesh.okhttp;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.Idempotence;
import dev.inmesh.http.KeyHash;
import dev.inmesh.http.LocalAnswer;
import dev.inmesh.http.StaleAnswers;
import java.io.IOException;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One call to an upstream, on the caller's thread or the dispatcher's. Used once, by one thread.
 *
 * <p>The order of the stages, outermost first: the fallback, since it sees every way of failing;
 * the deadline, since it covers everything inside; the breaker and the limit, since they refuse
 * before anything is picked (these three are {@link dev.inmesh.engine.UpstreamEngine#plan}); then
 * the {@link Attempts}.
 */
final class UpstreamCall {

  private final HttpUpstream upstream;
  private final AttemptClients clients;
  private final Interceptor.Chain chain;
  private final CallListener callListener;
  private final Request request;
  private final long startNanos;
  private final long limitNanos;

  private final UpstreamSettings settings;
  private final UpstreamListener listener;
  private final StaleAnswers.@Nullable Key staleKey;

  UpstreamCall(
      HttpUpstream upstream,
      AttemptClients clients,
      Interceptor.Chain chain,
      CallListener callListener,
      Request request,
      long startNanos,
      long limitNanos) {
    this.upstream = upstream;
    this.clients = clients;
    this.chain = chain;
    this.callListener = callListener;
    this.request = request;
    this.startNanos = startNanos;
    String path = request.url().encodedPath();
    this.settings = upstream.engine().settings(request.method(), path);
    this.listener = upstream.engine().listener(request.method(), path);
    StaleAnswers stale = upstream.stale(settings);
    this.staleKey =
        stale == null
            ? null
            : stale.key(request.method(), request.url().toString(), request::header);
    this.limitNanos = Math.min(limitNanos, usersTimeoutNanos());
  }

  Response execute() throws IOException {
    long now = System.nanoTime();
    CallPlan plan;
    try {
      plan = upstream.engine().plan(info(), now);
    } catch (MeshException refused) {
      return fallBackOrThrow(refused, deadlineNanos());
    }
    Lease first;
    try {
      first = plan.first(now);
    } catch (MeshException nobody) {
      // Nothing was tried, so nothing is proven: the breaker must not open for it.
      boolean timedOut = nobody instanceof CallTimeoutException;
      Outcome outcome = timedOut ? Outcome.IGNORED : Outcome.REJECTION;
      plan.end(outcome, false, false, System.nanoTime());
      return fallBackOrThrow(nobody, plan.deadlineNanos());
    }
    try {
      return new Attempts(this, plan).run(first);
    } catch (RuntimeException | Error e) {
      // A bug in the user's own code (a body, a network interceptor): no server is to blame.
      plan.end(Outcome.IGNORED, false, false, System.nanoTime());
      throw e;
    }
  }

  private CallInfo info() {
    RequestBody body = request.body();
    return new CallInfo(
        request.method(),
        request.url().encodedPath(),
        startNanos,
        KeyHash.of(
            settings, request.url().encodedPath(), request::header, request.url()::queryParameter),
        limitNanos,
        Idempotence.of(request.method()) || request.header(Idempotence.KEY_HEADER) != null,
        body == null || !body.isOneShot(),
        upstream.hasFallbackInCode());
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
    boolean fallsBack =
        settings.fallback().stale()
            || settings.fallback().byDefault()
            || upstream.hasFallbackInCode();
    if (fallsBack && timeout instanceof AsyncTimeout running) {
      boolean unused = running.exit();
    }
    return timeout.timeoutNanos();
  }

  /** The instant by which the call, and whatever it is redirected to, must have returned. */
  long deadlineNanos() {
    return startNanos + Math.min(settings.timeouts().call().toNanos(), limitNanos);
  }

  Response fallBackOrThrow(MeshException failure, long deadlineNanos) throws MeshException {
    Response local = fallBack(() -> failure, deadlineNanos);
    if (local == null) {
      throw failure;
    }
    return local;
  }

  /** What the caller gets instead, or null. */
  @Nullable Response fallBack(Supplier<MeshException> failure, long deadlineNanos) {
    long now = System.nanoTime();
    LocalAnswer answer =
        upstream.fallBack(
            settings,
            listener,
            staleKey,
            request.method(),
            () -> request.url().uri(),
            failure,
            deadlineNanos - now,
            now);
    return answer == null ? null : LocalResponses.of(answer, request);
  }

  /** Keeps the answer's body as it is read, or null when it must not be kept. */
  @Nullable KeptBody keptBody(Response response) {
    StaleAnswers stale = upstream.stale(settings);
    if (stale == null || staleKey == null) {
      return null;
    }
    // The cookie jar's cookies are on the request that went out, not on the one that was made.
    // Without one it came from the client's cache, which knows whose it is, and we don't.
    Response network = response.networkResponse();
    boolean personal =
        network == null
            || stale.key(request.method(), staleKey.url(), network.request()::header) == null;
    return !personal && stale.mayKeep(response.code(), name -> KeptBody.header(response, name))
        ? new KeptBody(stale, staleKey, response)
        : null;
  }

  long startNanos() {
    return startNanos;
  }

  Interceptor.Chain chain() {
    return chain;
  }

  CallListener callListener() {
    return callListener;
  }

  UpstreamListener listener() {
    return listener;
  }

  AttemptClients clients() {
    return clients;
  }

  Request request() {
    return request;
  }
}
