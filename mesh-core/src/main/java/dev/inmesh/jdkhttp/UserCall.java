package dev.inmesh.jdkhttp;

import dev.inmesh.call.Deadline;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.RedirectedOut;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.timer.Timers;
import java.io.IOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A call as the user made it: from upstream to upstream as redirects lead, until there is an answer
 * that the user's body handler gets to see, once, whoever gave it.
 */
final class UserCall<T> {

  /** How long what the user hangs on a future may run before the call's I/O is ended beside it. */
  private static final long USERS_MOMENT_NANOS = 50_000_000;

  /** So much too early the timer of the JDK's client may come. */
  private static final long TIMER_GRAIN_NANOS = 1_000_000;

  private final JdkHttpMesh mesh;
  private final AttemptClients clients;
  private final BodyHandler<T> handler;
  private final @Nullable PushPromiseHandler<T> pushPromiseHandler;
  private final long startNanos = System.nanoTime();

  /** Of the thread in which the user makes the call. */
  private final long ambientNanos = Deadline.limitNanos(startNanos);

  private final CallFuture<HttpResponse<T>> future = new CallFuture<>(this::cancel);

  private volatile @Nullable UpstreamCall<T> hop;
  private volatile @Nullable Future<?> outside;
  private volatile boolean cancelled;
  private volatile boolean waits;

  /** Whether it is known what the user gets, though the future may not say so yet. */
  private final AtomicBoolean settled = new AtomicBoolean();

  private int redirects; // One hop follows the other.
  private volatile Optional<HttpResponse<T>> previous = Optional.empty();

  UserCall(
      JdkHttpMesh mesh,
      AttemptClients clients,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushPromiseHandler) {
    this.mesh = mesh;
    this.clients = clients;
    this.handler = handler;
    this.pushPromiseHandler = pushPromiseHandler;
  }

  CompletableFuture<HttpResponse<T>> start(HttpUpstream upstream, HttpRequest request) {
    if (clients.isShutDown()) {
      fail(new IOException("closed"));
      return future;
    }
    UpstreamCall<T> first = new UpstreamCall<>(this, upstream, request, startNanos);
    hop = first;
    long own = request.timeout().map(UserCall::nanos).orElse(Long.MAX_VALUE);
    long limitNanos = Math.min(own, ambientNanos);
    if (clients.users().cookieHandler().isPresent()) {
      first.now(() -> first.start(limitNanos)); // It may block, and the caller must not.
    } else {
      first.guarded(() -> first.start(limitNanos));
    }
    return future;
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException longerThanCenturies) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Starts and waits for the answer as the JDK's client does: what is no IOException is the cause
   * of one.
   */
  HttpResponse<T> await(HttpUpstream upstream, HttpRequest request)
      throws IOException, InterruptedException {
    waits = true;
    try {
      return start(upstream, request).get();
    } catch (InterruptedException e) {
      boolean unused = future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      Throwable failure = Failures.unwrapped(e);
      if (failure instanceof IOException io) {
        throw io;
      }
      if (failure instanceof IllegalArgumentException) {
        throw new IllegalArgumentException(failure.getMessage(), failure);
      }
      throw new IOException(failure.getMessage(), failure);
    }
  }

  private void cancel() {
    end();
    fail(new CancellationException("Request cancelled")); // For whom waits for another stage.
  }

  /** Lets go of whatever is under way. */
  private void end() {
    cancelled = true;
    UpstreamCall<T> current = hop;
    if (current != null) {
      current.cancel();
    }
    Future<?> beyond = outside;
    if (beyond != null) {
      beyond.cancel(true);
    }
  }

  void fail(Throwable failure) {
    if (settled.compareAndSet(false, true)) {
      future.completeExceptionally(failure);
    }
  }

  /** The same, and ends what the call holds: what fails of that comes too late to be told. */
  void fail(Throwable failure, Runnable end) {
    if (settled.compareAndSet(false, true)) {
      tellAndEnd(() -> future.completeExceptionally(failure), end);
    }
  }

  private void succeed(HttpResponse<T> answer) {
    if (settled.compareAndSet(false, true)) {
      future.complete(answer);
    }
  }

  private boolean isOver() {
    return settled.get() || future.isDone();
  }

  /**
   * Tells of what the user may be waiting for, and ends what nobody needs any more. Ending takes
   * the client's locks, and to start a thread for it may take long, so it comes last. But what the
   * user hangs on a future may block here, and must not hold a connection meanwhile: after a moment
   * of that another thread ends it.
   */
  void tellAndEnd(Runnable tell, Runnable end) {
    AtomicBoolean ended = new AtomicBoolean();
    Runnable once =
        () -> {
          if (ended.compareAndSet(false, true)) {
            end.run();
          }
        };
    Timers.Timer beside =
        waits ? Timers.Timer.NONE : mesh.timers().schedule(usersMoment(), () -> beside(once));
    try {
      tell.run();
    } finally {
      beside.cancel();
      once.run();
    }
  }

  /** Up to twice as long, so that many calls that end have one waking of the timers in common. */
  private static long usersMoment() {
    return 2 * USERS_MOMENT_NANOS - Math.floorMod(System.nanoTime(), USERS_MOMENT_NANOS);
  }

  private void beside(Runnable end) {
    try {
      mesh.executor().execute(() -> guarded(end));
    } catch (Throwable noThread) {
      guarded(end);
    }
  }

  /**
   * Somebody takes the answer from now on, on a thread that can't be cancelled; whoever waits for
   * what becomes of it must not wait for longer than this, nor may the server's connection be held.
   */
  void handlerEndsWithin(long nanos, Supplier<MeshException> late) {
    endsWithin(
        nanos,
        () -> {
          if (!isOver()) {
            fail(late.get(), this::end);
          }
        });
  }

  private void endsWithin(long nanos, Runnable late) {
    Timers.Timer timer = mesh.alarms().schedule(nanos, () -> guarded(late), this::fail);
    CompletableFuture<?> unused = future.whenComplete((answer, failure) -> timer.cancel());
  }

  /** Runs a step that nobody waits for; whatever goes wrong, the user hears of it. */
  private void now(Runnable step) {
    try {
      mesh.executor().execute(() -> guarded(step));
    } catch (Throwable noThread) {
      fail(noThread);
    }
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable bug) {
      fail(bug);
    }
  }

  /** The answer is here, and its body is in memory. */
  void answer(
      AnswerHead head,
      List<ByteBuffer> bytes,
      HttpRequest request,
      Optional<SSLSession> sslSession) {
    forUser(
        () -> {
          BodySubscriber<T> reader = handler.apply(head);
          forUser(() -> collect(reader, head, request, sslSession));
          Replay.to(reader, bytes);
        });
  }

  /** The answer is here, and its body is still to be read. */
  void answer(Attempt attempt, AnswerHead head, @Nullable KeptBytes kept, HttpRequest request) {
    forUser(
        () -> {
          BodySubscriber<T> reader;
          try {
            reader = handler.apply(head);
          } catch (RuntimeException | Error bug) {
            attempt.abandon();
            throw bug;
          }
          forUser(() -> collect(reader, head, request, attempt.answer().sslSession()));
          attempt.read(
              new LiveBody(
                  reader,
                  attempt,
                  kept,
                  mesh.alarms(),
                  attempt.deadlineNanos(),
                  attempt.readNanos()));
        });
  }

  /**
   * Takes what the reader makes of the body. Apart from feeding it, since it may block here until
   * it has been fed, and there until it is drained.
   */
  private void collect(
      BodySubscriber<T> reader,
      AnswerHead head,
      HttpRequest request,
      Optional<SSLSession> sslSession) {
    // What hangs on the future must not run where the client reads; who waits is not held up.
    Executor executor = waits ? Runnable::run : mesh.executor();
    var unused =
        reader
            .getBody()
            .whenCompleteAsync(
                (body, failure) -> {
                  if (failure == null) {
                    succeed(new MeshResponse<>(request, head, body, sslSession, previous));
                  } else {
                    fail(Failures.unwrapped(failure));
                  }
                },
                executor);
  }

  /** Runs the user's code where the user's client would. */
  private void forUser(Runnable code) {
    Executor executor = clients.users().executor().orElse(mesh.executor());
    try {
      executor.execute(() -> guarded(code));
    } catch (RejectedExecutionException e) {
      fail(new IOException("the client's executor takes no more", e), this::end);
    }
  }

  /** The request that an answer redirects to, or null when it is to be handed out as it is. */
  @Nullable HttpRequest redirect(HttpRequest request, AnswerHead head) {
    HttpRequest next =
        Redirects.next(
            request, head.statusCode(), head.headers(), clients.users().followRedirects());
    return next == null || redirects + 1 >= Redirects.LIMIT ? null : next;
  }

  /** Goes on where an answer has redirected to, within the time of the first request. */
  void follow(
      HttpRequest next, AnswerHead head, HttpRequest from, Attempt attempt, long deadlineNanos) {
    previous =
        Optional.of(new MeshResponse<>(from, head, null, attempt.answer().sslSession(), previous));
    follow(next, attempt.upstream(), deadlineNanos);
  }

  private void follow(HttpRequest next, String from, long deadlineNanos) {
    redirects++;
    HttpUpstream upstream = mesh.upstream(next.uri());
    if (upstream == null) {
      leave(next, from, deadlineNanos);
      return;
    }
    UpstreamCall<T> following = new UpstreamCall<>(this, upstream, next, startNanos);
    hop = following;
    following.start(deadlineNanos - startNanos);
    if (cancelled) {
      following.cancel();
    }
  }

  /** A redirect that leaves the mesh still has to keep the call's deadline. */
  private void leave(HttpRequest next, String from, long deadlineNanos) {
    RedirectedOut out = new RedirectedOut(from, next.uri(), startNanos);
    long left = deadlineNanos - System.nanoTime();
    if (left <= 0) {
      fail(out.late(Phase.WAIT, null));
      return;
    }
    // The client's own timer ends nothing while a proxy selector or a name service blocks, and this
    // may be the caller's thread.
    endsWithin(left, () -> fail(out.late(Phase.SERVER, null), this::end));
    now(() -> beyond(next, from, out, left, deadlineNanos));
  }

  private void beyond(
      HttpRequest next, String from, RedirectedOut out, long left, long deadlineNanos) {
    AllowedNetworks networks = mesh.networks();
    try {
      Checked.redirect(next.uri(), clients.users(), networks);
    } catch (OutsideNetworksException e) {
      fail(out.refused(e));
      return;
    }
    if (isOver()) {
      return; // It took too long.
    }
    HttpRequest bounded =
        HttpRequest.newBuilder(next, (name, value) -> true).timeout(Duration.ofNanos(left)).build();
    // Where the networks are limited, each further redirect is checked like this one.
    boolean guarded = networks.areLimited();
    AtomicReference<@Nullable HttpRequest> further = new AtomicReference<>();
    CompletableFuture<HttpResponse<T>> running =
        (guarded ? clients.beyond() : clients.users())
            .sendAsync(
                bounded,
                info -> {
                  AnswerHead head =
                      new AnswerHead(info.statusCode(), info.headers(), info.version());
                  further.set(guarded ? redirect(next, head) : null);
                  BodySubscriber<T> reader =
                      further.get() == null ? handler.apply(info) : nothing();
                  return new OutsideBody<>(reader, mesh.alarms(), deadlineNanos);
                },
                pushPromiseHandler);
    outside = running;
    CompletableFuture<?> unused =
        running.whenComplete(
            (answer, failure) -> {
              HttpRequest following = further.get();
              if (failure != null) {
                fail(outside(Failures.unwrapped(failure), out, deadlineNanos));
              } else if (following != null) {
                previous = Optional.of(answer);
                follow(following, from, deadlineNanos);
              } else {
                succeed(answer);
              }
            });
    if (cancelled || future.isCompletedExceptionally()) {
      running.cancel(true);
    }
  }

  /**
   * The client's own timer counts whole milliseconds, so it may be a little ahead of the mesh's.
   */
  private static Throwable outside(Throwable failure, RedirectedOut out, long deadlineNanos) {
    boolean late = deadlineNanos - System.nanoTime() < TIMER_GRAIN_NANOS;
    return late && failure instanceof HttpTimeoutException
        ? out.late(
            failure instanceof HttpConnectTimeoutException ? Phase.CONNECT : Phase.SERVER, failure)
        : failure;
  }

  @SuppressWarnings("NullAway") // As the JDK's own answer that was redirected has no body.
  private static <T> BodySubscriber<T> nothing() {
    return BodySubscribers.replacing(null);
  }

  @Nullable PushPromiseHandler<Flow.Publisher<List<ByteBuffer>>> pushPromises(HttpRequest request) {
    return pushPromiseHandler == null
        ? null
        : new PushPromises<>(pushPromiseHandler, request, this::forUser);
  }

  JdkHttpMesh mesh() {
    return mesh;
  }

  AttemptClients clients() {
    return clients;
  }
}
