package dev.inmesh.jdkhttp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A small body on its way into memory, before its answer counts as one. */
final class SmallBody implements Flow.Subscriber<List<ByteBuffer>> {

  private final List<ByteBuffer> bytes = new ArrayList<>();
  private final Runnable whenRead;
  private final Consumer<@Nullable Throwable> whenOver;
  private volatile Flow.@Nullable Subscription source;
  private volatile boolean cancelled;
  private volatile boolean over;
  private volatile long lastActivity = System.nanoTime();

  /**
   * @param whenRead told that some of it has come
   * @param whenOver told why it broke, or null when all of it is here
   */
  SmallBody(Runnable whenRead, Consumer<@Nullable Throwable> whenOver) {
    this.whenRead = whenRead;
    this.whenOver = whenOver;
  }

  /** All of it, when it is over. */
  List<ByteBuffer> bytes() {
    return bytes;
  }

  /** Whether nothing more will come. */
  boolean isOver() {
    return over || cancelled;
  }

  /** For how long nothing has come. */
  long idleNanos(long now) {
    return now - lastActivity;
  }

  void cancel() {
    cancelled = true;
    Flow.Subscription current = source;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    if (cancelled) {
      subscription.cancel();
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    lastActivity = System.nanoTime();
    whenRead.run();
    bytes.addAll(item);
  }

  @Override
  public void onError(Throwable failure) {
    over = true;
    whenOver.accept(failure);
  }

  @Override
  public void onComplete() {
    over = true;
    whenOver.accept(null);
  }
}
