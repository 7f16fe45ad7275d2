package dev.inmesh.okhttp;

import dev.inmesh.call.Phase;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.http.Idempotence;
import dev.inmesh.http.Resolver;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** One try on one server: a fresh OkHttp call, bounded by its own timeout. */
final class Attempt {

  private final UpstreamCall call;
  private final CallPlan plan;
  private final Lease lease;
  private final long deadlineNanos;
  private @Nullable AttemptListener listener;

  /** What it came to; set by {@link Attempts}. */
  private Outcome outcome = Outcome.FAILURE;

  private boolean bodyRead;

  Attempt(UpstreamCall call, CallPlan plan, Lease lease) {
    this.call = call;
    this.plan = plan;
    this.lease = lease;
    this.deadlineNanos = plan.attemptDeadlineNanos(lease.startNanos());
  }

  Lease lease() {
    return lease;
  }

  Outcome outcome() {
    return outcome;
  }

  void outcome(Outcome judged) {
    outcome = judged;
  }

  /** What it is busy with. */
  Phase phase() {
    AttemptListener current = listener;
    return current == null ? Phase.RESOLVE : current.phase();
  }

  /** Whether a byte of the request may have left. */
  boolean wasSent() {
    AttemptListener current = listener;
    return current != null && current.wasSent();
  }

  /** Runs when it is cancelled from now on, by its time or by anybody. */
  void onCancel(Runnable action) {
    AttemptListener current = listener;
    if (current != null) {
      current.onCancel(action);
    }
  }

  boolean isOutOfTime(long now) {
    return now - deadlineNanos >= 0;
  }

  /** Up to this many bytes an answer of known length is read before it counts as one. */
  private static final long SMALL_BODY_BYTES = 64 << 10;

  Response execute() throws IOException {
    Response response = answer();
    try {
      readSmallBody(response);
    } catch (IOException e) {
      response.close();
      throw e;
    }
    return response;
  }

  /**
   * Has a small body in memory before the answer is handed out, so that one that breaks or stalls
   * can still be tried again or fall back. The bytes stay in the source's own buffer: nothing is
   * copied. An answer that doesn't say how long it is may be a stream, and is handed out at once.
   */
  private void readSmallBody(Response response) throws IOException {
    Response network = response.networkResponse();
    String length = network == null ? null : network.header("Content-Length");
    if (length != null && isSmall(length)) {
      bodyRead = !response.body().source().request(SMALL_BODY_BYTES + 1);
    }
  }

  private static boolean isSmall(String length) {
    try {
      return Long.parseLong(length) <= SMALL_BODY_BYTES;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Whether the whole body is in memory. */
  boolean isBodyRead() {
    return bodyRead;
  }

  private Response answer() throws IOException {
    AttemptClients.Target target = call.clients().target(plan.settings(), lease, call.chain());
    awaitAddress(target.name());
    Request request = requestToSend();
    for (int resends = 0; ; resends++) {
      try {
        return RetryAfterGuard.restored(send(target, request));
      } catch (IOException e) {
        if (resends == plan.settings().keepalive() || !mayResend(e)) {
          throw e;
        }
      }
    }
  }

  private Response send(AttemptClients.Target target, Request request) throws IOException {
    Call attempt = target.client().newCall(request);
    AttemptListener current =
        new AttemptListener(
            call.callListener().listener(),
            call.chain().call(),
            target.connections(),
            lease.server().port());
    listener = current;
    attempt.addEventListener(current);
    attempt.timeout().timeout(nanosLeft(), TimeUnit.NANOSECONDS);
    call.callListener().attempt(call.chain().call(), attempt);
    return attempt.execute();
  }

  private long nanosLeft() throws InterruptedIOException {
    long left = deadlineNanos - System.nanoTime();
    if (left <= 0) {
      throw new InterruptedIOException("timeout");
    }
    return left;
  }

  /**
   * Whether the connection that failed was an idle one that the server has closed meanwhile, which
   * is nobody's fault: then it is sent again, on the same server. Each such failure takes one idle
   * connection out of the pool, so {@code keepalive} bounds them.
   */
  private boolean mayResend(IOException failure) {
    AttemptListener current = listener;
    RequestBody body = call.request().body();
    return current != null
        && current.failedOnReusedConnection()
        && !(failure instanceof InterruptedIOException)
        && Idempotence.of(call.request().method())
        && (body == null || !body.isOneShot())
        && !call.chain().call().isCanceled();
  }

  private Request requestToSend() {
    String host = plan.settings().hostHeader();
    return host.isEmpty()
        ? call.request()
        : call.request().newBuilder().header("Host", host).build();
  }

  /** Waits for a name that has never been resolved yet; all others are known. */
  private void awaitAddress(Resolver.Name name) throws IOException {
    if (!name.addresses(lease.startNanos()).isEmpty()) {
      return;
    }
    try {
      name.pending().get(nanosLeft(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new InterruptedIOException("timeout");
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(lease.server().host());
      unknown.initCause(e.getCause());
      throw unknown;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** What kind of failure it was. */
  Failure kindOf(IOException failure, long now) {
    AttemptListener current = listener;
    boolean connected = current != null && current.wasConnected();
    boolean timeout = isOutOfTime(now) || failure instanceof SocketTimeoutException;
    if (connected) {
      return timeout ? Failure.TIMEOUT : Failure.ERROR;
    }
    if (timeout) {
      return Failure.CONNECT_TIMEOUT;
    }
    return isRefused(failure) ? Failure.REFUSED : Failure.CONNECT;
  }

  private static boolean isRefused(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (t instanceof ConnectException && message != null && message.contains("refused")) {
        return true;
      }
    }
    return false;
  }
}
