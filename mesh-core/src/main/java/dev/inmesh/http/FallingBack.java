package dev.inmesh.http;

import dev.inmesh.call.Answer;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.FailedCall;
import dev.inmesh.call.Fallback;
import dev.inmesh.call.Phase;
import dev.inmesh.event.UpstreamListener;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fallback in code on its way, on a thread of the mesh: user code can't be cancelled, and the
 * caller must return in time. It ends with the code, when time is up, or when nobody waits any
 * more: a driver sees to it that {@link #timeIsUp} is called after {@link #nanosLeft}, or {@link
 * #abandon} before. Safe for concurrent use.
 */
public final class FallingBack implements Instead {

  private static final Logger log = LoggerFactory.getLogger(FallingBack.class);

  private final FailedCall call;
  private final UpstreamListener listener;
  private final @Nullable LocalAnswer otherwise;
  private final FutureTask<@Nullable Answer> code;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean late;
  private final CompletableFuture<@Nullable LocalAnswer> result = new CompletableFuture<>();

  /**
   * A fallback that was not started.
   *
   * @param otherwise the answer when the code gives none; null for none
   */
  FallingBack(
      Fallback inCode,
      FailedCall call,
      UpstreamListener listener,
      @Nullable LocalAnswer otherwise) {
    this.call = call;
    this.listener = listener;
    this.otherwise = otherwise;
    // What the code calls in turn has no more time than it has itself.
    Deadline own = Deadline.within(call.timeLeft());
    this.code =
        new FutureTask<>(() -> answer(inCode, call, own)) {
          @Override
          protected void done() {
            codeEnded();
          }
        };
  }

  private static @Nullable Answer answer(Fallback inCode, FailedCall call, Deadline own)
      throws Exception {
    Deadline.Scope scope = Deadline.replace(Optional.of(own));
    try {
      return inCode.answer(call);
    } finally {
      scope.close();
    }
  }

  void start(Executor executor) {
    try {
      executor.execute(code);
    } catch (RejectedExecutionException e) {
      call.failure().addSuppressed(e);
      log.debug("{}: no thread for the fallback in code", call.upstream());
      end(otherwise);
    }
  }

  private void codeEnded() {
    if (code.isCancelled()) {
      return;
    }
    LocalAnswer answer = otherwise;
    try {
      Answer given = code.get();
      if (given != null) { // Java code without null checks may do that; it means it can't.
        answer = HttpUpstream.local(given.status(), given.contentType(), given.body());
      }
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause() == null ? e : e.getCause();
      // A fallback may say "I can't either" by throwing the very failure that it was given.
      if (thrown != call.failure()) {
        call.failure().addSuppressed(thrown);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It is done: nobody waited.
    }
    end(answer);
  }

  private void end(@Nullable LocalAnswer answer) {
    if (ended.compareAndSet(false, true)) {
      complete(answer);
    }
  }

  private void complete(@Nullable LocalAnswer answer) {
    if (answer != null) {
      listener.fellBack(answer.source());
    }
    result.complete(answer);
  }

  /** How long it may take. */
  public long nanosLeft() {
    return call.timeLeft().toNanos();
  }

  /** Interrupts the code; without its answer there may still be a default. */
  public void timeIsUp() {
    if (ended.compareAndSet(false, true)) {
      late = true;
      code.cancel(true);
      listener.timedOut(Phase.FALLBACK);
      call.failure().addSuppressed(new TimeoutException());
      complete(otherwise);
    }
  }

  /** Whether it had not answered when its time was up. */
  boolean isLate() {
    return late;
  }

  /** Interrupts the code: nobody waits for its answer. */
  public void abandon() {
    if (ended.compareAndSet(false, true)) {
      code.cancel(true);
      complete(null);
    }
  }

  /**
   * Runs when it has ended, with the answer or null, on the thread that ended it: the code's, or
   * the one that said that time is up.
   */
  public void whenDone(Consumer<@Nullable LocalAnswer> then) {
    CompletableFuture<?> unused = result.thenAccept(then);
  }

  /** Whether it has ended. */
  public boolean isDone() {
    return result.isDone();
  }

  /** The answer of one that has ended, or is about to; null for none. */
  public @Nullable LocalAnswer answer() {
    return result.join();
  }
}
