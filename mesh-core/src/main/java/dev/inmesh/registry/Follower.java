package dev.inmesh.registry;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that follows a service of a registry for one upstream, and begins anew, after a
 * back-off, when the registry fails.
 */
final class Follower implements Listing, AutoCloseable {

  private static final long LONGEST_JOIN_MILLIS = 2_000;

  /** A registry that was followed for so long was there. */
  private static final long STEADY_NANOS = 5_000_000_000L;

  private final OpenRegistry registry;
  private final String service;
  private final ListKeeper keeper;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Thread thread;
  private volatile boolean closed;

  Follower(OpenRegistry registry, String upstream, String service, ListKeeper keeper) {
    this.registry = registry;
    this.service = service;
    this.keeper = keeper;
    // Nothing of whoever happens to make the mesh or to reload: no inherited thread-locals.
    this.thread = new Thread(null, this::run, "inmesh-discovery-" + upstream, 0, false);
    thread.setContextClassLoader(Follower.class.getClassLoader());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  boolean isOf(OpenRegistry other, String otherService) {
    return registry == other && service.equals(otherService);
  }

  private void run() {
    while (!closed) {
      long begun = System.nanoTime();
      String reason = follow();
      if (System.nanoTime() - begun >= STEADY_NANOS) {
        // One that lists but fails at once each time must not be asked all the time.
        backoff.reset();
      }
      if (!closed) {
        keeper.failed(this, registry.settings().shown(reason));
        pause(backoff.nextNanos());
      }
    }
  }

  /** Follows until that fails, and says why it did. */
  private String follow() {
    try {
      registry.source().follow(service, this);
      return "it stopped answering";
    } catch (InterruptedException e) {
      return "interrupted";
    } catch (Throwable e) {
      // Whatever it is, a missing class too: the thread must live, and the list stays meanwhile.
      String message = e.getMessage();
      return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    } finally {
      if (!closed) {
        boolean unused = Thread.interrupted();
      }
    }
  }

  private void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0 && !closed; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  @Override
  public boolean list(List<ServerEntry> entries) {
    return keeper.listed(this, entries);
  }

  @Override
  public void unchanged() {
    keeper.unchanged(this);
  }

  /** Tells the thread to stop; doesn't wait for it. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** Waits for the thread's end, but not for ever: a source may not hear an interrupt. */
  void join() {
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(LONGEST_JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
