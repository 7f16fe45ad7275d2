package dev.inmesh.jdkhttp;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The user's request body in one attempt, watched for how far it got and for who is to blame when
 * sending fails: the connection, or the body itself, as when the stream that it forwards breaks.
 */
final class WatchedPublisher implements BodyPublisher {

  private enum Start {
    OPEN,
    BEGUN,
    REFUSED
  }

  private final BodyPublisher users;
  private final Runnable whenWritten;
  private final AtomicReference<Start> start = new AtomicReference<>(Start.OPEN);
  private volatile boolean written;
  private volatile @Nullable Throwable failure;

  /**
   * @param whenWritten runs when its last byte was handed over, and must not take long
   */
  WatchedPublisher(BodyPublisher users, Runnable whenWritten) {
    this.users = users;
    this.whenWritten = whenWritten;
  }

  /** Whether the client had a connection and began to write the request. */
  boolean hasBegun() {
    return start.get() == Start.BEGUN;
  }

  /**
   * Keeps it from being written, unless that has begun: the client may still be connecting, and
   * would write it however late, when it was sent to another server meanwhile.
   *
   * @return whether no byte of it was sent, nor will be
   */
  boolean refuse() {
    return start.compareAndSet(Start.OPEN, Start.REFUSED) || start.get() == Start.REFUSED;
  }

  private void begin() {
    if (!start.compareAndSet(Start.OPEN, Start.BEGUN) && start.get() == Start.REFUSED) {
      throw new IllegalStateException("the attempt is over");
    }
  }

  /** Whether it began and did not come to its end. */
  boolean isBeingWritten() {
    return hasBegun() && !written;
  }

  /** Why the body itself broke; null when it did not. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** The client asks when it writes the headers, which it does over a connection. */
  @Override
  public long contentLength() {
    begin();
    try {
      long length = users.contentLength();
      if (length == 0) {
        written(); // Then it doesn't subscribe.
      }
      return length;
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    begin();
    written = false;
    try {
      users.subscribe(new Watched(subscriber));
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  private void written() {
    written = true;
    whenWritten.run();
  }

  private final class Watched implements Flow.Subscriber<ByteBuffer> {

    private final Flow.Subscriber<? super ByteBuffer> client;

    Watched(Flow.Subscriber<? super ByteBuffer> client) {
      this.client = client;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      client.onSubscribe(subscription);
    }

    @Override
    public void onNext(ByteBuffer bytes) {
      client.onNext(bytes);
    }

    @Override
    public void onError(Throwable broken) {
      failure = broken;
      client.onError(broken);
    }

    @Override
    public void onComplete() {
      client.onComplete();
      written();
    }
  }
}
