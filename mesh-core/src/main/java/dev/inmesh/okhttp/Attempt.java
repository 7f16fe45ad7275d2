package dev.inmesh.okhttp;

import dev.inmesh.call.Phase;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.http.DeadlineHeaders;
import dev.inmesh.http.HttpAttempt;
import dev.inmesh.http.HttpCall;
import dev.inmesh.http.Idempotence;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * One try on one server: a fresh OkHttp call, bounded by its own timeout. Used by the thread of the
 * call, and then by the one that reads the body.
 */
final class Attempt extends HttpAttempt {

  /** Up to this many bytes an answer of known length is read before it counts as one. */
  private static final long SMALL_BODY_BYTES = 64 << 10;

  /** How long an unwanted body is waited for, so that its connection can be used again. */
  private static final long DISCARD_MILLIS = 5;

  private final UpstreamCall call;
  private final HttpCall httpCall;
  private final @Nullable WatchedRequestBody body;
  private @Nullable Call running;

  /** Asked by other threads too, when a hedge hangs. */
  private volatile @Nullable AttemptListener listener;

  private boolean bodyRead;

  /** Whether the call has ended without it; another thread says so. */
  private volatile boolean stopped;

  /** Whether somebody waits for the rest of the body now; a cancel comes from another thread. */
  private volatile boolean reading;

  Attempt(HttpCall httpCall, UpstreamCall call, Lease lease) {
    super(httpCall, lease);
    this.httpCall = httpCall;
    this.call = call;
    RequestBody users = call.request().body();
    this.body = users == null ? null : new WatchedRequestBody(users);
  }

  /** Whether the whole body is in memory, or there is none. */
  boolean isBodyRead() {
    return bodyRead;
  }

  boolean isReading() {
    return reading;
  }

  void reading(boolean now) {
    reading = now;
  }

  @Override
  protected Phase phase() {
    AttemptListener current = listener;
    return current == null ? Phase.RESOLVE : current.phase();
  }

  @Override
  protected boolean wasSent() {
    AttemptListener current = listener;
    return current != null && current.wasSent();
  }

  @Override
  protected void stop() {
    call.stop(this);
  }

  /** Ends its wait for an address, if that is what it is busy with. */
  void stopWaiting() {
    stopped = true;
    call.callListener().wake();
  }

  /** Whether the user's own request body could not be read. */
  boolean hasBrokenRequest() {
    return body != null && body.hasFailed();
  }

  /** Runs when it is cancelled, by its time or by anybody, also if that has happened already. */
  void onCancel(Runnable action) {
    AttemptListener current = listener;
    Call call = running;
    if (current != null && call != null) {
      current.onCancel(action);
      if (call.isCanceled()) {
        action.run();
      }
    }
  }

  Response execute() throws IOException {
    AttemptClients.Target target =
        call.clients().target(httpCall.settings(), lease(), call.chain());
    awaitAddress(target.endpoint().name());
    try {
      return RetryAfterGuard.restored(send(target, target.client()));
    } catch (IOException e) {
      if (!failedForIdleness(e)) {
        throw e;
      }
      return RetryAfterGuard.restored(send(target, withoutIdle(target.client())));
    }
  }

  private Response send(AttemptClients.Target target, OkHttpClient client) throws IOException {
    long left = nanosLeft();
    Call attempt = client.newCall(requestToSend(left));
    AttemptListener current =
        new AttemptListener(
            call.listenerOf(this),
            call.chain().call(),
            call.clients(),
            target,
            lease().server().port(),
            deadlineNanos());
    running = attempt;
    listener = current;
    attempt.addEventListener(current);
    attempt.timeout().timeout(left, TimeUnit.NANOSECONDS);
    call.sending(this, attempt);
    try {
      return attempt.execute();
    } finally {
      current.writtenOrGivenUp();
    }
  }

  private long nanosLeft() throws InterruptedIOException {
    long left = deadlineNanos() - System.nanoTime();
    if (left <= 0) {
      throw new InterruptedIOException("timeout");
    }
    return left;
  }

  /**
   * Whether the connection that failed was an idle one that the server has closed meanwhile, which
   * is nobody's fault: then it is sent once more, to the same server over a new connection.
   */
  private boolean failedForIdleness(IOException failure) {
    AttemptListener current = listener;
    return current != null
        && current.failedOnReusedConnection()
        && !(failure instanceof InterruptedIOException)
        && Idempotence.of(call.request().method())
        && (body == null || !(body.isOneShot() || body.hasFailed()))
        && !call.chain().call().isCanceled();
  }

  private static OkHttpClient withoutIdle(OkHttpClient client) {
    return client.newBuilder().connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS)).build();
  }

  private Request requestToSend(long nanosLeft) {
    String host = httpCall.settings().hostHeader();
    String deadline = httpCall.deadlineHeader();
    if (host.isEmpty() && deadline.isEmpty() && body == null) {
      return call.request();
    }
    Request.Builder request = call.request().newBuilder();
    if (!host.isEmpty()) {
      request.header("Host", host);
    }
    if (!deadline.isEmpty()) {
      request.header(deadline, DeadlineHeaders.write(deadline, nanosLeft));
    }
    return request.method(call.request().method(), body).build();
  }

  /** Waits for a name that has never been resolved yet; all others are known. */
  private void awaitAddress(Resolver.Name name) throws IOException {
    if (!name.addresses(lease().startNanos()).isEmpty()) {
      return;
    }
    CompletableFuture<List<InetAddress>> pending = name.pending();
    if (!call.callListener().await(call.chain().call(), nanosLeft(), pending, () -> stopped)) {
      throw interrupted();
    }
    requireFound(pending);
  }

  private void requireFound(CompletableFuture<?> pending) throws IOException {
    if (stopped) {
      throw new IOException("Canceled");
    }
    if (!pending.isDone()) {
      throw new InterruptedIOException("timeout");
    }
    try {
      pending.join();
    } catch (CompletionException | CancellationException e) {
      UnknownHostException unknown = new UnknownHostException(lease().server().host());
      unknown.initCause(e.getCause());
      throw unknown;
    }
  }

  /** By the caller, or by the user's own callTimeout, which OkHttp makes a cancel. */
  private IOException interrupted() {
    if (Thread.currentThread().isInterrupted()) {
      return new InterruptedIOException("interrupted");
    }
    return call.isCallersDoing(System.nanoTime())
        ? new IOException("Canceled")
        : new SocketTimeoutException("timeout");
  }

  /**
   * Has a small body in memory before the answer is handed out, so that one that breaks or stalls
   * can still be tried again or fall back. The bytes stay in the source's own buffer: nothing is
   * copied. An answer that doesn't say how long it is may be a stream, and is handed out at once.
   */
  void readSmallBody(Response response) throws IOException {
    if (hasNoBody(response)) {
      bodyRead = true;
    } else if (isSmall(response)) {
      try {
        bodyRead = !response.body().source().request(SMALL_BODY_BYTES + 1);
      } catch (IOException e) {
        cancelAndClose(response);
        throw e;
      }
    }
  }

  private boolean hasNoBody(Response response) {
    int status = response.code();
    return call.request().method().equals("HEAD") || status == 204 || status == 304;
  }

  private static boolean isSmall(Response response) {
    Response network = response.networkResponse();
    String length = network == null ? null : network.header("Content-Length");
    try {
      return length != null && Long.parseLong(length) <= SMALL_BODY_BYTES;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /**
   * Closes an answer that nobody wants. OkHttp would wait up to 100 ms for the rest of its body; a
   * body that is not here by now costs its connection instead.
   */
  void discard(Response response) {
    if (bodyRead || hasNoBody(response)) {
      response.close();
      return;
    }
    if (isSmall(response)) {
      BufferedSource source = response.body().source();
      source.timeout().timeout(DISCARD_MILLIS, TimeUnit.MILLISECONDS);
      try {
        if (!source.request(SMALL_BODY_BYTES + 1)) {
          response.close();
          return;
        }
      } catch (IOException notHere) {
        // Falls through: its connection is closed.
      }
    }
    cancelAndClose(response);
  }

  private void cancelAndClose(Response response) {
    Call attempt = running;
    if (attempt != null) {
      attempt.cancel();
    }
    response.close();
  }

  /** What kind of failure it was. */
  Failure kindOf(IOException failure, long now) {
    AttemptListener current = listener;
    boolean connected = current != null && current.wasConnected();
    boolean timeout = isOutOfTime(now) || failure instanceof SocketTimeoutException;
    if (connected) {
      return timeout ? Failure.TIMEOUT : Failure.ERROR;
    }
    if (failure instanceof OutsideNetworksException) {
      return Failure.OUTSIDE;
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
