package dev.inmesh.jdkhttp;

import dev.inmesh.timer.Alarms;
import dev.inmesh.timer.Timers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of a live answer on its way from the client to the user's subscriber: watched for its
 * end, and cut off when its time is up, for which the subscriber is told as of any other failure.
 * Signals to the subscriber come one after the other, as it may expect, though time runs elsewhere.
 */
final class LiveBody implements Flow.Subscriber<List<ByteBuffer>>, Flow.Subscription {

  private final Flow.Subscriber<? super List<ByteBuffer>> reader;
  private final BodyWatch watch;
  private final @Nullable KeptBytes kept;
  private final Alarms alarms;
  private final long deadlineNanos;
  private final long readNanos;

  private final AtomicLong awaited = new AtomicLong();
  private volatile long lastActivity;
  private volatile Flow.@Nullable Subscription source;
  private volatile Timers.Timer timer = Timers.Timer.NONE;

  private final Object lock = new Object();
  private boolean over;
  private int signals;
  private @Nullable Throwable late;

  /**
   * @param kept gets a copy of what is read
   * @param alarms on whose threads the reader is told that its time is up
   * @param deadlineNanos the instant by which the last byte must have come
   * @param readNanos the longest that the reader waits for more; {@link Long#MAX_VALUE} for no
   *     limit
   */
  LiveBody(
      Flow.Subscriber<? super List<ByteBuffer>> reader,
      BodyWatch watch,
      @Nullable KeptBytes kept,
      Alarms alarms,
      long deadlineNanos,
      long readNanos) {
    this.reader = reader;
    this.watch = watch;
    this.kept = kept;
    this.alarms = alarms;
    this.deadlineNanos = deadlineNanos;
    this.readNanos = readNanos;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    lastActivity = System.nanoTime();
    arm(lastActivity);
    if (begin()) {
      try {
        reader.onSubscribe(this);
      } catch (Throwable bug) {
        broke(bug);
      }
      ended();
    } else {
      subscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    if (!begin()) {
      return;
    }
    lastActivity = System.nanoTime();
    watch.bodyRead();
    if (awaited.get() != Long.MAX_VALUE) {
      awaited.decrementAndGet();
    }
    if (kept != null) {
      kept.add(bytes);
    }
    try {
      reader.onNext(bytes);
    } catch (Throwable bug) {
      broke(bug);
    }
    ended();
  }

  @Override
  public void onComplete() {
    if (finish()) {
      if (kept != null) {
        kept.complete();
      }
      watch.bodyDone();
      reader.onComplete();
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (finish()) {
      reader.onError(watch.bodyFailed(failure));
    }
  }

  @Override
  public void request(long n) {
    if (awaited.get() == 0) {
      lastActivity = System.nanoTime(); // First: it hasn't waited since the last bytes.
    }
    long unused = awaited.getAndUpdate(a -> n <= 0 ? a : a + n < 0 ? Long.MAX_VALUE : a + n);
    Flow.Subscription current = source;
    if (current != null) {
      current.request(n);
    }
  }

  /** The reader wants no more. */
  @Override
  public void cancel() {
    if (finish()) {
      cancelSource();
      watch.bodyDone();
    }
  }

  /** The call was cancelled, for which the reader is told. */
  void cancelled(Throwable why) {
    broke(why);
  }

  private void arm(long now) {
    long idle = awaited.get() > 0 ? Math.max(0, now - lastActivity) : 0;
    long left = Math.min(deadlineNanos - now, readNanos - idle);
    // Without a thread nobody would look at the time again.
    timer = alarms.schedule(left, this::checkTime, this::broke);
    synchronized (lock) {
      if (over) {
        timer.cancel();
      }
    }
  }

  private void checkTime() {
    long now = System.nanoTime();
    boolean waits = awaited.get() > 0;
    if (now - deadlineNanos < 0 && !(waits && now - lastActivity >= readNanos)) {
      arm(now);
    } else if (finish()) {
      cutOff(watch.bodyTimedOut(waits));
    }
  }

  /** No server is to blame. */
  private void broke(Throwable why) {
    if (finish()) {
      watch.bodyAbandoned();
      cutOff(why);
    }
  }

  private void cutOff(Throwable why) {
    cancelSource();
    synchronized (lock) {
      if (signals > 0) {
        late = why;
        return;
      }
    }
    reader.onError(why);
  }

  private void cancelSource() {
    Flow.Subscription current = source;
    if (current != null) {
      current.cancel();
    }
  }

  private boolean begin() {
    synchronized (lock) {
      if (over) {
        return false;
      }
      signals++; // One may come within another: a reader that asks for more gets it at once.
      return true;
    }
  }

  /** The signal was taken; one that came meanwhile is passed on now. */
  private void ended() {
    Throwable why;
    synchronized (lock) {
      signals--;
      if (signals > 0) {
        return;
      }
      why = late;
      late = null;
    }
    if (why != null) {
      reader.onError(why);
    }
  }

  private boolean finish() {
    synchronized (lock) {
      if (over) {
        return false;
      }
      over = true;
    }
    timer.cancel();
    return true;
  }
}
