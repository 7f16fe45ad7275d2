package dev.inmesh.http;

import dev.inmesh.call.Phase;
import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a call: what its driver knows of it, and what {@link HttpCall} made of the
 * driver's reports. Used by one thread at a time.
 */
public abstract class HttpAttempt {

  private final Lease lease;
  private final long deadlineNanos;

  private Outcome outcome = Outcome.FAILURE;
  private Failure kind = Failure.ERROR;
  private @Nullable Throwable failure;
  private String words = "";

  protected HttpAttempt(HttpCall call, Lease lease) {
    this.lease = lease;
    this.deadlineNanos = call.attemptDeadlineNanos(lease);
  }

  /** What it is busy with. */
  protected abstract Phase phase();

  /** Whether a byte of the request may have left. */
  protected abstract boolean wasSent();

  /**
   * Ends its I/O and lets go of what it brought: the call has ended without it, its lease too, and
   * whatever it still reports is {@link Next#LOST}. May come from any thread, at any time.
   */
  protected abstract void stop();

  /** The server, and its count in flight. */
  public final Lease lease() {
    return lease;
  }

  /** The instant by which it must have ended. */
  public final long deadlineNanos() {
    return deadlineNanos;
  }

  /** Whether that instant has come. */
  public final boolean isOutOfTime(long now) {
    return now - deadlineNanos >= 0;
  }

  /** What it came to. */
  public final Outcome outcome() {
    return outcome;
  }

  /** Whether it failed before an answer counted; an answer with a bad status is an answer. */
  public final boolean hasFailed() {
    return failure != null;
  }

  /** Whether its answer is one that only stands when there is nothing better. */
  public final boolean isBad() {
    return outcome == Outcome.FAILURE || outcome == Outcome.REJECTION;
  }

  final void judged(Outcome judged) {
    outcome = judged;
  }

  final void failed(Failure kindOfFailure, @Nullable Throwable thrown, String inWords) {
    kind = kindOfFailure;
    failure = thrown;
    words = inWords;
  }

  final Failure kind() {
    return kind;
  }

  final @Nullable Throwable failure() {
    return failure;
  }

  final String words() {
    return words;
  }
}
