package dev.inmesh.engine;

import dev.inmesh.event.Failure;
import dev.inmesh.server.Server;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One health check that is to be made now. It ends in exactly one of three ways. Safe for
 * concurrent use: the first end counts, later ones do nothing.
 */
public final class Check implements Unsettled {

  private final HealthChecks checks;
  private final ServerHealth health;
  private final Server server;
  private final String path;
  private final long startNanos;
  private final AtomicBoolean ended = new AtomicBoolean();
  private String words = "";
  private long endNanos;

  Check(HealthChecks checks, ServerHealth health, Server server, long now) {
    this.checks = checks;
    this.health = health;
    this.server = server;
    this.path = health.path;
    this.startNanos = now;
  }

  /** The server to ask. */
  public Server server() {
    return server;
  }

  /** What to ask for. */
  public String path() {
    return path;
  }

  /** The server is well. */
  public void passed(long now) {
    if (ended.compareAndSet(false, true)) {
      checks.ended(this);
      checks.passed(this, now);
    }
  }

  /**
   * The server is not well. What ran out of time counts one tick later, and not at all when this
   * JVM stood still meanwhile.
   *
   * @param reason in words: {@code http 503}
   */
  public void failed(Failure failure, String reason, long now) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    words = reason;
    endNanos = now;
    checks.ended(this);
    if (failure.isTimeout()) {
      checks.settleLater(this);
    } else {
      checks.failed(this, now);
    }
  }

  /** Nothing was learned: it was never made, or broken off. */
  public void ignored(long now) {
    if (ended.compareAndSet(false, true)) {
      checks.ended(this);
      checks.ignored(this);
    }
  }

  @Override
  public void settle(boolean paused, long now) {
    if (paused) {
      checks.ignored(this);
    } else {
      checks.failed(this, now);
    }
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }

  String words() {
    return words;
  }

  ServerHealth health() {
    return health;
  }
}
