package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.http.HttpAttempt;
import dev.inmesh.http.HttpCall;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One try on one server: a request of the JDK's client, whose body is not touched before it is
 * known what becomes of the answer. Everything in it happens on whatever thread it happens on; what
 * ends it first wins, and tells {@link UpstreamCall}. Longer than other files: whatever may decide
 * stands beside all that it decides against.
 */
final class Attempt extends HttpAttempt implements BodyWatch {

  /**
   * The JDK's own timer says whether the connection was made, so it goes first. It is a millisecond
   * late or more, and what it says goes over several threads: by so much it is set before ours,
   * which keeps the deadline; of a short time a tenth.
   */
  private static final long LEAD_NANOS = 2_000_000;

  /** It counts whole milliseconds, so it may come up to one too early. */
  private static final long GRAIN_NANOS = 1_000_000;

  /**
   * It goes by the clock of the wall, which is let run faster or slower by one in 2,000 to be set
   * right (adjtimex(2)). What comes earlier still is another server's chance.
   */
  private static final long DRIFT = 2_000;

  private final HttpCall call;
  private final UpstreamCall<?> driver;
  private final @Nullable WatchedPublisher body;
  private final Patience patience;

  /** Whether it is known what became of it; until then, whatever happens first decides. */
  private final AtomicBoolean decided = new AtomicBoolean();

  /** The same for what waits. */
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

  private volatile @Nullable Connections connections;
  private volatile @Nullable Http2Server http2;
  private volatile Phase phase = Phase.RESOLVE;
  private volatile boolean cancelled;

  /** What the JDK's timer has said ahead of ours. */
  private volatile @Nullable Throwable told;

  private volatile @Nullable CompletableFuture<?> running;
  private volatile @Nullable HttpResponse<?> response;
  private volatile @Nullable AnswerBody answerBody;
  private volatile @Nullable SmallBody small;
  private volatile @Nullable LiveBody live;
  private volatile @Nullable HttpHeaders sentHeaders;
  private boolean sent;

  Attempt(HttpCall call, UpstreamCall<?> driver, Lease lease) {
    super(call, lease);
    this.call = call;
    this.driver = driver;
    this.patience = new Patience(driver, this::timeIsUp);
    this.body =
        driver
            .request()
            .bodyPublisher()
            .map(users -> new WatchedPublisher(users, this::requestWritten))
            .orElse(null);
  }

  void start() {
    Server server = lease().server();
    AttemptClient inner = driver.client();
    Connections known = inner.connections();
    connections = known;
    CompletableFuture<List<InetAddress>> lookUp =
        known.addresses(
            driver.mesh().name(server), driver.request().uri(), server, lease().startNanos());
    if (lookUp.isDone() && !lookUp.isCompletedExceptionally()) {
      send(inner, lookUp.join());
    } else {
      await(inner, lookUp);
    }
  }

  private void await(AttemptClient inner, CompletableFuture<List<InetAddress>> lookUp) {
    patience.forAll(deadlineNanos() - System.nanoTime());
    // One that hangs would keep hold of all that ever waited for it; of the first of two it lets go
    // when the other one is done.
    CompletableFuture<?> unused =
        CompletableFuture.anyOf(lookUp, ended)
            .whenComplete(
                (found, failure) -> {
                  if (!decided.get()) {
                    driver.now(() -> resolved(inner, lookUp));
                  }
                });
  }

  private void resolved(AttemptClient inner, CompletableFuture<List<InetAddress>> lookUp) {
    List<InetAddress> found;
    try {
      found = lookUp.join();
    } catch (CompletionException e) {
      if (decide()) {
        UnknownHostException unknown = new UnknownHostException(lease().server().host());
        unknown.initCause(Failures.unwrapped(e));
        driver.failed(this, Failure.CONNECT, unknown);
      }
      return;
    }
    send(inner, found);
  }

  private void send(AttemptClient inner, List<InetAddress> found) {
    if (decided.get()) {
      return;
    }
    InetAddress address;
    try {
      address =
          Checked.address(
              driver.request().uri(),
              call.settings().displayName(),
              lease().server(),
              found,
              driver.mesh().networks());
    } catch (OutsideNetworksException e) {
      if (decide()) {
        driver.failed(this, Failure.OUTSIDE, e);
      }
      return;
    } catch (MeshException e) {
      if (decide()) {
        driver.impossible(this, e); // The server is fine; this client can't be held to it.
      }
      return;
    }
    long left = deadlineNanos() - System.nanoTime();
    if (left <= 0) {
      timeIsUp();
      return;
    }
    try {
      patience.forAll(left); // From here on, since the user's cookie handler may block.
      RequestAt request = driver.outgoing().to(lease().server(), address, leading(left), body);
      sentHeaders = request.headers();
      phase = Phase.CONNECT; // Before the look: who decides in the phase before counts on it.
      if (decided.get()) {
        patience.over();
        return;
      }
      if (body == null) {
        // Whether it is connected yet can't be seen, so the time for that counts too.
        patience.forAnswer(driver.connectNanos());
      }
      CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> sending =
          inner.client().sendAsync(request, this::bodyOf, driver.pushPromises());
      running = sending;
      CompletableFuture<?> unused =
          sending.whenComplete((answer, failure) -> driver.guarded(() -> arrived(answer, failure)));
      if (decided.get()) {
        sending.cancel(true); // Of no effect when it was the answer that decided.
        patience.over();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (decide()) {
        driver.broken(this, e); // The request itself, or the user's cookie handler.
      }
    }
  }

  private static Duration leading(long nanos) {
    return Duration.ofNanos(Math.max(1, nanos - Math.min(LEAD_NANOS, nanos / 10)));
  }

  /**
   * The head of an answer is here. A future that is cancelled in this moment doesn't tell, and on
   * Java 17 a body that nobody takes would keep its connection, and the client's thread, for ever.
   */
  private BodySubscriber<Flow.Publisher<List<ByteBuffer>>> bodyOf(ResponseInfo head) {
    return BodySubscribers.mapping(
        BodySubscribers.ofPublisher(),
        unread -> {
          answerBody = new AnswerBody(unread, head, driver.method());
          if (decided.get()) {
            discard();
          }
          return unread;
        });
  }

  private void requestWritten() {
    if (!decided.get()) {
      patience.forAnswer(0);
    }
  }

  private void timeIsUp() {
    Throwable ahead = told;
    if (ahead != null) {
      over(ahead);
    } else if (decide()) {
      // Of a request without a body there is no sign that it was sent, but it mostly was.
      boolean unsent = phase == Phase.RESOLVE || (body != null && body.refuse());
      Failure kind = unsent ? Failure.CONNECT_TIMEOUT : Failure.TIMEOUT;
      sent = !unsent;
      if (phase == Phase.CONNECT) {
        phase = Failures.phaseWithoutAnswer(kind, body);
      }
      unanswered(kind);
      driver.tellAndEnd(
          () -> driver.failed(this, kind, new HttpTimeoutException("request timed out")),
          this::endExchange);
    }
  }

  private void arrived(
      @Nullable HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
      @Nullable Throwable failure) {
    if (answer == null) {
      Throwable why = Failures.unwrapped(failure);
      if (isAhead(why)) {
        // It must not be over ahead: a page's next call would find time left. Our own timer, which
        // stays armed, ends it: one armed anew might come late.
        told = why;
      } else {
        over(why);
      }
      return;
    }
    patience.answerBegan();
    Connections known = connections;
    if (known != null) {
      http2 = known.answered(lease().server(), answer.version());
    }
    response = answer;
    phase = Phase.BODY;
    if (decided.get()) {
      discard();
      return;
    }
    try {
      head(answer, Objects.requireNonNull(answerBody, "no head"));
    } catch (IOException | RuntimeException | Error e) {
      discard();
      if (decide()) {
        driver.broken(this, e);
      }
    }
  }

  /** Whether the JDK's timer says a little too early that the attempt's time is up. */
  private boolean isAhead(Throwable why) {
    long now = System.nanoTime();
    long left = deadlineNanos() - now;
    long drift = (now - lease().startNanos()) / DRIFT;
    return left > 0
        && left <= LEAD_NANOS + GRAIN_NANOS + drift
        && why instanceof HttpTimeoutException;
  }

  private void over(Throwable why) {
    if (decide()) {
      failed(why);
    }
  }

  private void head(HttpResponse<?> answer, AnswerBody unread) throws IOException {
    driver.outgoing().keepCookies(answer.headers());
    boolean retryAfter = answer.headers().firstValue("Retry-After").isPresent();
    Outcome outcome = call.judge(this, answer.statusCode(), retryAfter);
    if (unread.isSmall() && (outcome == Outcome.SUCCESS || outcome == Outcome.IGNORED)) {
      SmallBody reading =
          new SmallBody(this::bodyRead, failure -> driver.guarded(() -> smallBodyOver(failure)));
      small = reading;
      unread.to(reading);
      patience.forMore(reading);
      if (decided.get()) {
        reading.cancel();
      }
    } else if (decide()) {
      driver.answered(this);
    } else {
      discard();
    }
  }

  private void smallBodyOver(@Nullable Throwable failure) {
    if (decide()) {
      if (failure == null) {
        driver.answered(this);
      } else {
        failed(Failures.unwrapped(failure));
      }
    }
  }

  private void failed(Throwable failure) {
    Throwable ofTheBody = body == null ? null : body.failure();
    if (ofTheBody != null || failure instanceof Error || driver.isCallersDoing()) {
      driver.broken(this, ofTheBody == null ? failure : ofTheBody);
      return;
    }
    // What is said to be unsent may be sent elsewhere, so it must stay so.
    boolean unused = body != null && body.refuse();
    Failure kind = response == null ? Failures.kind(failure, body) : Failures.kindOfBody(failure);
    sent = response != null || Failures.wasSent(kind);
    if (response == null) {
      phase = Failures.phase(failure, kind, body);
    }
    unanswered(kind);
    driver.failed(this, kind, failure);
  }

  private void unanswered(Failure kind) {
    Connections known = connections;
    if (known != null
        && response == null
        && phase != Phase.RESOLVE
        && known.failed(lease().server(), kind, lease().startNanos())) {
      driver.replace(known);
    }
  }

  /** True for the first that decides. */
  private boolean decide() {
    if (!decided.compareAndSet(false, true)) {
      return false;
    }
    patience.over();
    boolean unused = ended.complete(true);
    return true;
  }

  /** Another attempt has answered first. */
  @Override
  protected void stop() {
    boolean unused = decide();
    endExchange();
  }

  private void endExchange() {
    CompletableFuture<?> sending = running;
    if (sending != null) {
      sending.cancel(true);
    }
    SmallBody reading = small;
    if (reading != null) {
      reading.cancel();
    }
    discard(); // What has come and was not taken.
  }

  /** Nobody waits for it any more, and no server is to blame. */
  void cancel() {
    cancelled = true;
    if (decide()) {
      call.abandoned(this, false, System.nanoTime());
      endExchange();
      return;
    }
    LiveBody reading = live;
    if (reading != null) {
      reading.cancelled(new IOException("Request cancelled"));
    } else {
      abandon();
    }
  }

  /** Its answer is here, and nobody waits for it. */
  void abandon() {
    discard();
    bodyAbandoned();
  }

  /** Lets go of a body that nobody wants. */
  void discard() {
    AnswerBody unread = answerBody;
    if (unread != null) {
      unread.discard(driver.mesh().timers());
    }
  }

  /** The answer; there is one when it has been told to have answered. */
  HttpResponse<?> answer() {
    return Objects.requireNonNull(response, "no answer");
  }

  /** The headers of the request as they went out, as far as the mesh knows. */
  HttpHeaders sentHeaders() {
    HttpHeaders headers = sentHeaders;
    return headers == null ? driver.request().headers() : headers;
  }

  /** The upstream's name. */
  String upstream() {
    return call.settings().name();
  }

  /** How long there may be nothing to read. */
  long readNanos() {
    return driver.readNanos();
  }

  /** Whether an answer came, and no failure after it. */
  boolean hasAnswer() {
    return response != null && !hasFailed();
  }

  /** The whole body where it was read before; null when it is still to be read. */
  @Nullable List<ByteBuffer> bytes() {
    SmallBody read = small;
    return read == null ? null : read.bytes();
  }

  /** Hands the body, which was not read before, to its reader. */
  void read(LiveBody reader) {
    live = reader;
    Objects.requireNonNull(answerBody, "no answer").to(reader);
    if (cancelled) {
      reader.cancelled(new IOException("Request cancelled"));
    }
  }

  @Override
  public void bodyRead() {
    Http2Server server = http2;
    if (server != null) {
      server.heard();
    }
  }

  @Override
  public void bodyDone() {
    call.bodyDone(this, System.nanoTime());
  }

  @Override
  public void bodyAbandoned() {
    call.abandoned(this, true, System.nanoTime());
  }

  @Override
  public Throwable bodyFailed(Throwable failure) {
    return call.bodyFailed(this, Failures.kindOfBody(failure), failure, System.nanoTime());
  }

  @Override
  public Throwable bodyTimedOut(boolean awaited) {
    long now = System.nanoTime();
    if (!awaited) {
      call.abandoned(this, true, now); // The reader took its time.
    }
    return call.bodyFailed(
        this, Failure.TIMEOUT, new HttpTimeoutException("request timed out"), now);
  }

  @Override
  protected Phase phase() {
    return phase;
  }

  @Override
  protected boolean wasSent() {
    return sent;
  }
}
