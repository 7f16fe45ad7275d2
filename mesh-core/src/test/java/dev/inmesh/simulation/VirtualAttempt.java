package dev.inmesh.simulation;

import dev.inmesh.engine.Lease;
import dev.inmesh.event.Failure;
import org.jspecify.annotations.Nullable;

/** One try of a call on one server; as an event, the end of its service. */
final class VirtualAttempt implements Event {

  /** Instead of a status: nothing listens there. */
  static final int REFUSED = -1;

  /** Instead of a status: there is no answer. */
  static final int NOTHING = -2;

  private final VirtualCall call;
  private final VirtualServer server;
  private final @Nullable Lease lease;
  private final int number;
  private final long startNanos;
  private final long deadlineNanos;

  private int status = 200;
  private int retryAfterSeconds;
  private boolean served;
  private boolean connected = true;
  private boolean over;

  /**
   * @param number 1 for the call's first one
   */
  VirtualAttempt(
      VirtualCall call,
      VirtualServer server,
      @Nullable Lease lease,
      int number,
      long startNanos,
      long deadlineNanos) {
    this.call = call;
    this.server = server;
    this.lease = lease;
    this.number = number;
    this.startNanos = startNanos;
    this.deadlineNanos = deadlineNanos;
  }

  String path() {
    return call.path();
  }

  @Nullable Lease lease() {
    return lease;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  long connectDeadlineNanos() {
    return Math.min(deadlineNanos, startNanos + call.client().connectTimeoutNanos());
  }

  /** A number in [0, 1) that belongs to this attempt, whatever balancer made it. */
  double draw(int purpose) {
    return call.draw(number * 4 + purpose);
  }

  void isServed() {
    served = true;
  }

  void isUnreachable() {
    connected = false;
  }

  void answered(int withStatus, int andRetryAfterSeconds) {
    status = withStatus;
    retryAfterSeconds = andRetryAfterSeconds;
    connected = withStatus != REFUSED;
  }

  /** The server has done its part, whether or not somebody still waits for it. */
  @Override
  public void fire(long now) {
    if (served) {
      server.left();
    }
    arrive(now);
  }

  /**
   * The answer, or the end of its time, reaches the client. One that stands still hears of it when
   * it goes on, and then what is late counts as late.
   */
  void arrive(long now) {
    if (over) {
      return;
    }
    if (call.client().isPaused(now)) {
      call.client().whenAwake(this::arrive);
      return;
    }
    over = true;
    call.ended(this, now);
  }

  /** Nobody waits for it any more; what the server does with it is its own affair. */
  void cancel() {
    over = true;
  }

  boolean isOver() {
    return over;
  }

  /** The status, when an answer came in time; {@link #failureAt} says what happened otherwise. */
  boolean hasAnswer(long now) {
    return status > 0 && now < deadlineNanos;
  }

  int status() {
    return status;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  boolean wasSent() {
    return connected;
  }

  Failure failureAt(long now) {
    if (status == REFUSED && now < deadlineNanos) {
      return Failure.REFUSED;
    }
    return connected ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
  }
}
