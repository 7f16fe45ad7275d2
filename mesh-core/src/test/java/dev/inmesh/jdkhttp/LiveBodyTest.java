package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.timer.Alarms;
import dev.inmesh.timer.Timers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LiveBodyTest implements BodyWatch, Flow.Subscriber<List<ByteBuffer>>, Alarms {

  private static final long READ = TimeUnit.HOURS.toNanos(1);

  private final List<Long> armed = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private Runnable timer = () -> {};
  private Consumer<Throwable> withoutThread = why -> {};
  private @Nullable Throwable seen;

  private LiveBody body() {
    long deadlineNanos = System.nanoTime() + 2 * READ;
    LiveBody body = new LiveBody(this, this, null, this, deadlineNanos, READ);
    body.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            told.add("request");
          }

          @Override
          public void cancel() {
            told.add("cancel");
          }
        });
    return body;
  }

  private static void letTimePass() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < 1_000) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aReaderWaitsForWhatIsLeftOfTheReadTimeoutSinceTheLastBytes() {
    LiveBody body = body();
    body.request(2);
    body.onNext(List.of());
    letTimePass();

    timer.run();

    assertThat(armed).hasSize(2).first().isEqualTo(READ);
    assertThat(armed.get(1)).isLessThan(READ).isPositive();
  }

  @Test
  void aReaderThatAskedForNothingHasTheWholeReadTimeoutStill() {
    LiveBody body = body();
    body.request(1);
    body.onNext(List.of());
    letTimePass();

    timer.run();

    assertThat(armed).containsExactly(READ, READ);
  }

  @Test
  void aReaderIsToldWhenNoThreadIsLeftToWatchItsTime() {
    OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
    LiveBody body = body();
    body.request(1);

    withoutThread.accept(noThread);

    assertThat(seen).isSameAs(noThread);
    assertThat(told).containsExactly("request", "abandoned", "cancel");
  }

  @Override
  public Timers.Timer schedule(long nanos, Runnable action, Consumer<Throwable> noThread) {
    armed.add(nanos);
    timer = action;
    withoutThread = noThread;
    return Timers.Timer.NONE;
  }

  @Override
  public void bodyRead() {
    // Nothing hangs on it here.
  }

  @Override
  public void bodyDone() {
    told.add("done");
  }

  @Override
  public void bodyAbandoned() {
    told.add("abandoned");
  }

  @Override
  public Throwable bodyFailed(Throwable failure) {
    told.add("failed");
    return failure;
  }

  @Override
  public Throwable bodyTimedOut(boolean awaited) {
    told.add("timed out");
    return new IllegalStateException("timed out");
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    // It asks when the test does.
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    // It is enough that they came.
  }

  @Override
  public void onError(Throwable failure) {
    seen = failure;
  }

  @Override
  public void onComplete() {
    told.add("complete");
  }
}
