package dev.inmesh.jdkhttp;

import dev.inmesh.timer.Timers;

/**
 * How long an attempt waits, before it is known what becomes of it: for the whole of it, and with
 * {@code timeout.read} for the next thing to read. Safe for concurrent use; where a wait begins
 * just as all are over, what it runs must find nothing to do.
 */
final class Patience {

  private final UpstreamCall<?> driver;
  private final Runnable timeIsUp;
  private volatile Timers.Timer whole = Timers.Timer.NONE;
  private volatile Timers.Timer read = Timers.Timer.NONE;
  private volatile boolean began;

  /**
   * @param timeIsUp runs when one of them ends, maybe more than once
   */
  Patience(UpstreamCall<?> driver, Runnable timeIsUp) {
    this.driver = driver;
    this.timeIsUp = timeIsUp;
  }

  /** Waits for the end of the attempt, in place of what it waited for. */
  void forAll(long nanos) {
    whole.cancel();
    whole = driver.punctually(nanos, timeIsUp);
  }

  /** Waits for an answer to begin within {@code timeout.read} and so long more, if that is set. */
  void forAnswer(long moreNanos) {
    if (driver.readNanos() != Long.MAX_VALUE && !began) {
      read.cancel(); // The client may have sent the request a second time.
      read = driver.punctually(driver.readNanos() + moreNanos, this::noAnswer);
    }
  }

  private void noAnswer() {
    if (!began) {
      timeIsUp.run();
    }
  }

  /** Waits for each part of a body within {@code timeout.read}, if that is set. */
  void forMore(SmallBody body) {
    if (driver.readNanos() == Long.MAX_VALUE || body.isOver()) {
      return;
    }
    long left = driver.readNanos() - body.idleNanos(System.nanoTime());
    if (left <= 0) {
      timeIsUp.run();
    } else {
      read = driver.punctually(left, () -> forMore(body));
    }
  }

  /** An answer has begun. */
  void answerBegan() {
    began = true;
    read.cancel();
  }

  /** Nothing is waited for any more. */
  void over() {
    whole.cancel();
    read.cancel();
  }
}
