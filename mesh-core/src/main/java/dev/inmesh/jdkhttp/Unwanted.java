package dev.inmesh.jdkhttp;

import dev.inmesh.timer.Timers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;

/**
 * The body of an answer that nobody wants. A small one is read for a moment, so that its connection
 * can be used again; any other costs its connection.
 */
final class Unwanted implements Flow.Subscriber<List<ByteBuffer>> {

  /** Nobody waits for it; but its connection is held as long. */
  private static final long MOMENT_NANOS = 100_000_000;

  private final boolean small;
  private final Timers timers;
  private volatile Timers.Timer timer = Timers.Timer.NONE;

  Unwanted(boolean small, Timers timers) {
    this.small = small;
    this.timers = timers;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    if (small) {
      timer = timers.schedule(MOMENT_NANOS, subscription::cancel);
      subscription.request(Long.MAX_VALUE);
    } else {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    // Not looked at.
  }

  @Override
  public void onError(Throwable failure) {
    timer.cancel();
  }

  @Override
  public void onComplete() {
    timer.cancel();
  }
}
