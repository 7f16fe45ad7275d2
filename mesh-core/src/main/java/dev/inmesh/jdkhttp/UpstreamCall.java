package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.http.FallingBack;
import dev.inmesh.http.HttpCall;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.Instead;
import dev.inmesh.http.LocalAnswer;
import dev.inmesh.http.Next;
import dev.inmesh.http.StaleAnswers;
import dev.inmesh.timer.Timers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call to an upstream, without waiting: starts an attempt, is told what came of it, asks {@link
 * HttpCall}, and starts another, or tells {@link UserCall} what the user gets. What it is told may
 * come on any thread, one thing after the other; only {@link #cancel} may come at any time, and
 * what the attempts of a hedged call tell, which {@link HttpCall} puts in order.
 */
final class UpstreamCall<T> {

  /** A reader that still waits for bytes at the deadline is to be told so first. */
  private static final long READER_FIRST_NANOS = 2_000_000;

  /**
   * How much longer a body handler may take an answer that is none of a server's: it is for code
   * that blocks, and a machine that is slow must not cost anybody a default.
   */
  private static final long LOCAL_NANOS = 2_000_000_000;

  private final UserCall<T> user;
  private final HttpRequest request;
  private final HttpCall call;
  private final Outgoing outgoing;

  private volatile @Nullable Attempt current;
  private volatile @Nullable FallingBack fallingBack;
  private volatile Timers.Timer backoff = Timers.Timer.NONE;
  private volatile Timers.Timer hedgeTimer = Timers.Timer.NONE;
  private volatile boolean cancelled;

  UpstreamCall(UserCall<T> user, HttpUpstream upstream, HttpRequest request, long startNanos) {
    this.user = user;
    this.request = request;
    this.call = new HttpCall(upstream, new UsersRequest(request, this::isOver), startNanos);
    this.outgoing = new Outgoing(request, call, user.clients().users().cookieHandler());
  }

  /**
   * Starts the call.
   *
   * @param limitNanos how long after its start it must have returned, whatever the upstream says
   */
  void start(long limitNanos) {
    String key = HostHeader.keyBeyondReach(call.settings(), request.uri());
    if (key != null) {
      user.fail(Refusal.of(call.settings(), key, mesh()));
      return;
    }
    Lease first;
    try {
      first = call.start(limitNanos, System.nanoTime());
    } catch (MeshException refused) {
      fallBack(() -> refused, refused);
      return;
    }
    attempt(first);
  }

  private void attempt(Lease lease) {
    Attempt attempt = new Attempt(call, this, lease);
    current = attempt;
    call.begun(attempt);
    hedgeLater();
    attempt.start();
    if (cancelled) {
      attempt.cancel(); // It may have come before there was anything to cancel.
    }
  }

  /** When nobody has answered by then, another server is asked as well. */
  private void hedgeLater() {
    long after = call.hedgeAfterNanos();
    if (after != Long.MAX_VALUE) {
      hedgeTimer.cancel();
      hedgeTimer = later(after, this::hedge);
    }
  }

  private void hedge() {
    Attempt hedge =
        cancelled ? null : call.hedge(System.nanoTime(), l -> new Attempt(call, this, l));
    if (hedge != null) {
      hedgeLater();
      hedge.start();
    }
  }

  /** The answer of an attempt is here, with as much of its body as is read before it counts. */
  void answered(Attempt attempt) {
    int status = attempt.answer().statusCode();
    String retryAfter = attempt.answer().headers().firstValue("Retry-After").orElse(null);
    next(attempt, call.answered(attempt, status, retryAfter, System.nanoTime()));
  }

  /** An attempt failed, and the server is to blame. */
  void failed(Attempt attempt, Failure kind, Throwable failure) {
    next(attempt, call.failed(attempt, kind, failure, System.nanoTime()));
  }

  private void next(Attempt attempt, Next next) {
    switch (next) {
      case AGAIN -> again(attempt);
      case STANDS -> last(attempt);
      case LOST -> attempt.discard();
      case WAITS -> {
        // The one that still runs will tell.
      }
    }
  }

  /** An attempt ended through the user's own doing: a bug, a body that broke, a shutdown. */
  void broken(Attempt attempt, Throwable failure) {
    if (call.broke(attempt, System.nanoTime())) {
      hedgeTimer.cancel();
      user.fail(failure);
    }
  }

  /** An attempt can't be made at all: what fails a call with one attempt mustn't fail a race. */
  void impossible(Attempt attempt, Throwable failure) {
    if (!call.withdrew(attempt, System.nanoTime())) {
      broken(attempt, failure);
    }
  }

  private void again(Attempt before) {
    long nanos = call.backoffNanos();
    if (nanos > 0) {
      backoff = later(nanos, () -> another(before));
      if (cancelled) {
        backoff.cancel();
      }
    } else {
      now(() -> another(before));
    }
  }

  private void another(Attempt before) {
    Lease lease = isOver() ? null : call.another(System.nanoTime());
    if (lease != null) {
      before.discard();
      attempt(lease);
    } else {
      last(before);
    }
  }

  /** The attempts are over, and this was the last of them. */
  private void last(Attempt attempt) {
    hedgeTimer.cancel();
    Attempt standing = (Attempt) call.lastOutcome(attempt, System.nanoTime());
    current = standing; // What a cancel is to reach from now on.
    if (standing.hasAnswer()) {
      stands(standing);
    } else {
      gaveUp(standing);
    }
  }

  /** The last answer, whatever it says, unless there is a better one here. */
  private void stands(Attempt attempt) {
    Instead instead = call.instead(attempt, System.nanoTime());
    await(
        instead,
        local -> {
          if (local == null) {
            handOut(attempt);
          } else {
            attempt.discard();
            answer(local);
          }
        });
  }

  /** The last failure, unless there is an answer here. */
  private void gaveUp(Attempt attempt) {
    MeshException failure = call.gaveUp(attempt, System.nanoTime());
    fallBack(() -> failure, failure);
  }

  private void fallBack(Supplier<MeshException> why, MeshException failure) {
    Instead instead = call.fallBack(why, System.nanoTime());
    await(
        instead,
        local -> {
          if (local == null) {
            user.fail(call.without(instead, failure));
          } else {
            answer(local);
          }
        });
  }

  private void answer(LocalAnswer local) {
    // It may be here at the last moment, and nobody would be served by a failure then.
    user.handlerEndsWithin(Math.max(0, nanosLeft()) + LOCAL_NANOS, call::handlerLate);
    user.answer(AnswerHead.local(local), bytes(local), request, Optional.empty());
  }

  private long nanosLeft() {
    return call.deadlineNanos() - System.nanoTime();
  }

  private List<ByteBuffer> bytes(LocalAnswer local) {
    return local.body().length == 0 || request.method().equals("HEAD")
        ? List.of()
        : List.of(ByteBuffer.wrap(local.body()).asReadOnlyBuffer());
  }

  /** What may follow when the code has answered or its time is up. */
  private interface Local {
    void is(@Nullable LocalAnswer answer);
  }

  private void await(@Nullable Instead instead, Local then) {
    if (!(instead instanceof FallingBack code)) {
      then.is((LocalAnswer) instead);
      return;
    }
    fallingBack = code;
    Timers.Timer timer = punctually(code.nanosLeft(), code::timeIsUp);
    code.whenDone(
        answer -> {
          timer.cancel();
          now(() -> then.is(answer));
        });
    if (cancelled) {
      code.abandon();
    }
  }

  private void handOut(Attempt attempt) {
    if (cancelled) {
      attempt.abandon();
      return;
    }
    AnswerHead head =
        AnswerHead.live(attempt.answer(), call.source(attempt), attempt.lease().address());
    HttpRequest next = user.redirect(request, head);
    if (next != null) {
      attempt.discard();
      attempt.bodyDone();
      user.follow(next, head, request, attempt, call.deadlineNanos());
      return;
    }
    user.handlerEndsWithin(nanosLeft() + READER_FIRST_NANOS, call::handlerLate);
    KeptBytes kept = kept(attempt, head);
    List<ByteBuffer> bytes = attempt.bytes();
    if (bytes == null) {
      user.answer(attempt, head, kept, request);
      return;
    }
    if (kept != null) {
      kept.add(bytes);
      kept.complete();
    }
    attempt.bodyDone();
    user.answer(head, bytes, request, attempt.answer().sslSession());
  }

  /** Keeps the answer's body as it is read, or null when it must not be kept. */
  private @Nullable KeptBytes kept(Attempt attempt, AnswerHead head) {
    // Whose the answer is can't be seen where the client adds credentials by itself.
    StaleAnswers.Place place =
        user.clients().users().authenticator().isPresent()
            ? null
            : call.placeToKeep(
                head.statusCode(),
                name -> AnswerHead.joined(attempt.sentHeaders(), name),
                name -> AnswerHead.joined(head.headers(), name));
    return place == null ? null : new KeptBytes(place, head);
  }

  void cancel() {
    cancelled = true;
    backoff.cancel();
    hedgeTimer.cancel();
    FallingBack code = fallingBack;
    if (code != null) {
      code.abandon();
    }
    Attempt attempt = current;
    if (attempt != null) {
      attempt.cancel();
    }
    call.abandoned(System.nanoTime()); // Between two attempts, or for want of one.
  }

  /** For what nobody waits for to the millisecond. */
  private Timers.Timer later(long nanos, Runnable action) {
    return mesh().timers().schedule(nanos, () -> now(action));
  }

  /** For the end of somebody's time. */
  Timers.Timer punctually(long nanos, Runnable action) {
    return mesh().alarms().schedule(nanos, () -> guarded(action), this::noThread);
  }

  void now(Runnable action) {
    try {
      mesh().executor().execute(() -> guarded(action));
    } catch (Throwable noThread) {
      noThread(noThread);
    }
  }

  /** Tells what became of an attempt, and ends its I/O, whichever of the two is to come first. */
  void tellAndEnd(Runnable tell, Runnable end) {
    user.tellAndEnd(tell, end);
  }

  private void noThread(Throwable why) {
    user.fail(why, this::cancel);
  }

  /** Whatever goes wrong in a step that nobody waits for, the user must hear of it. */
  void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable bug) {
      cancel();
      user.fail(bug);
    }
  }

  /** Cancelled, or its client was shut down at once: no server is to blame. */
  boolean isCallersDoing() {
    return cancelled || user.clients().isStopped();
  }

  private boolean isOver() {
    return cancelled || user.clients().isShutDown();
  }

  String method() {
    return request.method();
  }

  Outgoing outgoing() {
    return outgoing;
  }

  JdkHttpMesh mesh() {
    return user.mesh();
  }

  HttpRequest request() {
    return request;
  }

  AttemptClient client() {
    return user.clients().client(call.settings());
  }

  @Nullable PushPromiseHandler<Flow.Publisher<List<ByteBuffer>>> pushPromises() {
    return user.pushPromises(request);
  }

  /** A client has a dead connection. */
  void replace(Connections dead) {
    user.clients().replace(dead, System.nanoTime());
  }

  /** How long a connection may take. */
  long connectNanos() {
    return user.clients().connectTimeout(call.settings()).toNanos();
  }

  /** How long there may be nothing to read; {@link Long#MAX_VALUE} for no limit. */
  long readNanos() {
    return call.settings().timeouts().read().map(Duration::toNanos).orElse(Long.MAX_VALUE);
  }
}
