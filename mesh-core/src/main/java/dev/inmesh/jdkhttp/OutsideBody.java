package dev.inmesh.jdkhttp;

import dev.inmesh.timer.Alarms;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** The body of an answer from outside the mesh, which a redirect led to: only its time is ours. */
final class OutsideBody<T> implements BodySubscriber<T>, BodyWatch {

  private final BodySubscriber<T> reader;
  private final LiveBody body;

  OutsideBody(BodySubscriber<T> reader, Alarms alarms, long deadlineNanos) {
    this.reader = reader;
    this.body = new LiveBody(reader, this, null, alarms, deadlineNanos, Long.MAX_VALUE);
  }

  @Override
  public CompletionStage<T> getBody() {
    return reader.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    body.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    body.onNext(bytes);
  }

  @Override
  public void onError(Throwable failure) {
    body.onError(failure);
  }

  @Override
  public void onComplete() {
    body.onComplete();
  }

  @Override
  public void bodyRead() {
    // Nobody's sign of life.
  }

  @Override
  public void bodyDone() {
    // Nobody's count.
  }

  @Override
  public void bodyAbandoned() {
    // Nobody's count.
  }

  @Override
  public Throwable bodyFailed(Throwable failure) {
    return failure;
  }

  @Override
  public Throwable bodyTimedOut(boolean awaited) {
    return new HttpTimeoutException("request timed out");
  }
}
