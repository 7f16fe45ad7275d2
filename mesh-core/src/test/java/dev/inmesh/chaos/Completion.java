package dev.inmesh.chaos;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** When and how a call was completed, and how often. Safe for concurrent use. */
final class Completion {

  private final ChaosCall call;
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicInteger times = new AtomicInteger();
  private volatile long startNanos;
  private volatile long endNanos;
  private volatile long givenUpNanos;
  private volatile boolean givenUp;
  private volatile String outcome = "";
  private volatile @Nullable String lie;

  Completion(ChaosCall call) {
    this.call = call;
  }

  /** The call is made in this instant. */
  void start() {
    startNanos = System.nanoTime();
  }

  /** Its caller gives it up in this instant. */
  void givenUp() {
    givenUpNanos = System.nanoTime();
    givenUp = true;
  }

  /**
   * An answer, read to its end.
   *
   * @param source what the mesh says of where it came from
   */
  void answered(int status, String source, String body) {
    long now = System.nanoTime();
    String from = source.startsWith("stale") ? "stale" : source;
    boolean live = !from.equals("default") && !from.equals("stale");
    if (live && status == 200 && !body.startsWith(OriginServer.bodyOf(call.id()))) {
      lie = body.substring(0, Math.min(40, body.length()));
    }
    end(now, status == 200 ? from : from + " " + status);
  }

  void failed(Throwable failure) {
    long now = System.nanoTime();
    String words = failure.getClass().getSimpleName();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof MeshException) {
        String phase = t instanceof CallTimeoutException late ? " " + late.phase().tag() : "";
        words = t.getClass().getSimpleName() + phase;
        break;
      }
    }
    end(now, words);
  }

  private void end(long now, String how) {
    if (times.incrementAndGet() == 1) {
      endNanos = now;
      outcome = how;
      first.countDown();
    }
  }

  /** Waits for it, longer than any call may take. */
  boolean await() throws InterruptedException {
    return first.await(20, TimeUnit.SECONDS);
  }

  ChaosCall call() {
    return call;
  }

  int times() {
    return times.get();
  }

  long deadlineNanos() {
    return startNanos + TimeUnit.MILLISECONDS.toNanos(call.limitMillis());
  }

  long endNanos() {
    return endNanos;
  }

  /** Whether it was given up before it was completed. */
  boolean wasGivenUp() {
    return givenUp && endNanos - givenUpNanos > 0;
  }

  long givenUpNanos() {
    return givenUpNanos;
  }

  String outcome() {
    return outcome;
  }

  @Override
  public String toString() {
    return call + " completed " + times + " times: " + outcome;
  }

  /** What an answer began with that is not the call's own; null when all is well. */
  @Nullable String lie() {
    return lie;
  }
}
