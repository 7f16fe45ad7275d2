package dev.inmesh.jdkhttp;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** A body that is in memory, given to the user's subscriber when it asks for it. */
final class Replay implements Flow.Subscription {

  private final Flow.Subscriber<? super List<ByteBuffer>> reader;
  private final List<ByteBuffer> bytes;
  private final AtomicBoolean over = new AtomicBoolean();

  private Replay(Flow.Subscriber<? super List<ByteBuffer>> reader, List<ByteBuffer> bytes) {
    this.reader = reader;
    this.bytes = bytes;
  }

  static void to(Flow.Subscriber<? super List<ByteBuffer>> reader, List<ByteBuffer> bytes) {
    Replay replay = new Replay(reader, bytes);
    try {
      reader.onSubscribe(replay);
      if (bytes.isEmpty() && replay.over.compareAndSet(false, true)) {
        reader.onComplete();
      }
    } catch (Throwable bug) {
      replay.over.set(true);
      reader.onError(bug); // Its own, as the JDK's client would tell it.
    }
  }

  @Override
  public void request(long n) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    if (n <= 0) {
      reader.onError(new IllegalArgumentException("asked for " + n + " items"));
      return;
    }
    if (!bytes.isEmpty()) {
      reader.onNext(bytes);
    }
    reader.onComplete();
  }

  @Override
  public void cancel() {
    over.set(true);
  }
}
