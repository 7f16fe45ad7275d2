package dev.inmesh.engine;

import dev.inmesh.balance.Load;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * What a server carries, whatever route the attempts belong to: how many are in flight, whether it
 * is drained, and how its health checks went. Safe for concurrent use.
 */
final class ServerLoad extends Load {

  private static final AtomicIntegerFieldUpdater<ServerLoad> IN_FLIGHT =
      AtomicIntegerFieldUpdater.newUpdater(ServerLoad.class, "inFlight");

  private final String address;

  /** In the object itself: a pick that looks at many servers waits for memory more than for us. */
  private volatile int inFlight;

  /** The last list in which it was found by its address; under the engine's lock. */
  int list;

  private final AdaptiveLimit limit = new AdaptiveLimit();

  final ServerHealth health = new ServerHealth(this);

  /** When the server left the list; under the engine's lock. */
  private long leftAt;

  private volatile boolean draining;
  private volatile CompletableFuture<Void> drained = new CompletableFuture<>();

  ServerLoad(String address) {
    this.address = address;
  }

  /** Of the server; always the same text, which knows its hash. */
  String address() {
    return address;
  }

  /** The server leaves the list. */
  void leave(long now) {
    leftAt = now;
  }

  /** Whether nothing of a server that left matters any more, should it come back. */
  boolean isForgotten(long now) {
    return inFlight() == 0 && (!health.isOut() || now - leftAt > Departed.MEMORY_NANOS);
  }

  @Override
  public int inFlight() {
    return inFlight;
  }

  /** What the server takes at a time; of all routes together, as the count is. */
  AdaptiveLimit limit() {
    return limit;
  }

  boolean isDraining() {
    return draining;
  }

  /**
   * Counts one more attempt, unless the server is drained or full.
   *
   * <p>Counts first and looks second, while {@link #drain} marks first and looks second: of an
   * attempt and a drain that meet, at least one sees the other, so no attempt starts after the
   * drain was called done.
   */
  boolean tryAcquire(int maxConns) {
    int now = IN_FLIGHT.incrementAndGet(this);
    if (draining || (maxConns != 0 && now > maxConns)) {
      release();
      return false;
    }
    return true;
  }

  void release() {
    if (IN_FLIGHT.decrementAndGet(this) == 0 && draining) {
      drained.complete(null);
    }
  }

  /** Admits no new attempt; the future is done when nothing is in flight. */
  synchronized CompletableFuture<Void> drain() {
    if (!draining) {
      drained = new CompletableFuture<>();
      draining = true;
      if (inFlight == 0) {
        drained.complete(null);
      }
    }
    return drained;
  }

  /** Admits attempts again; a drain that was not done yet is cancelled. */
  synchronized void restore() {
    draining = false;
    drained.completeExceptionally(
        new CancellationException("restored before nothing was in flight"));
  }
}
