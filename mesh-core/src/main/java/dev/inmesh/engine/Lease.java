package dev.inmesh.engine;

import dev.inmesh.balance.ServiceTime;
import dev.inmesh.event.Failure;
import dev.inmesh.server.Server;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on one server, counted in flight from {@link CallPlan#first} until it ends in exactly
 * one of four ways. Safe for concurrent use: the first end counts, later ones do nothing, so that a
 * cancel and a completion may meet.
 */
public final class Lease extends ServiceTime.Running implements Unsettled {

  private static final AtomicIntegerFieldUpdater<Lease> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(Lease.class, "ended");

  private final CallPlan plan;
  private final ServerState state;
  private final boolean probe;
  private long endNanos;
  private Failure timeout = Failure.TIMEOUT;

  /** Whether the server still counts it when it has ended; only before the end. */
  private volatile boolean kept;

  /** 0 while it runs, 1 afterwards. */
  private volatile int ended;

  Lease(CallPlan plan, ServerState state, boolean probe, long now) {
    this.plan = plan;
    this.state = state;
    this.probe = probe;
    state.serviceTime().started(this, now);
  }

  ServerState state() {
    return state;
  }

  /** The server to try. */
  public Server server() {
    return state.server();
  }

  /**
   * A further attempt on the same server, whether the call of this one goes on or has ended: what
   * is held there, as a connection to a database, is used again, and nothing is chosen. Null when
   * the server takes no attempt now.
   */
  public @Nullable Lease again(long now) {
    return state.tryAcquire() ? new Lease(plan, state, false, now) : null;
  }

  /** The server's {@code host:port}. */
  public String address() {
    return state.address();
  }

  /** When the attempt began. */
  @Override
  public long startNanos() {
    return started();
  }

  @Override
  public long endNanos() {
    return endNanos;
  }

  /** The server answered well. */
  public void success(long now) {
    if (end(now, now - started())) {
      long nanos = now - started();
      state.succeeded(nanos, now);
      plan.route().succeeded(state, probe, nanos, now);
    }
  }

  /**
   * It is the server's fault.
   *
   * @param status the HTTP status, 0 without an answer
   */
  public void failure(Failure failure, int status, long now) {
    if (!end(now, plan.chargeNanos(this, now))) {
      return;
    }
    if (failure.isTimeout()) {
      timeout = failure;
      plan.route().settleLater(this);
    } else {
      plan.route().failed(state, probe, failure, status, started(), now, now);
    }
  }

  /**
   * The server is overloaded and says so.
   *
   * @param waitNanos how long it wants to be left alone; 0 if it doesn't say
   */
  public void rejected(long waitNanos, long now) {
    if (end(now, ServiceTime.SAYS_NOTHING)) {
      plan.route().rejected(state, probe, waitNanos, started(), now);
    }
  }

  /**
   * Another attempt of the same call has answered first, and this one is cancelled. No failure of
   * the server's, but it took so long at least; and a server on probation is not back for that.
   */
  public void lost(long now) {
    if (end(now, now - started())) {
      plan.route().lost(state, probe, started(), now);
    }
  }

  /**
   * Nothing speaks against the server.
   *
   * @param answered whether it answered at all, which a probe takes as a sign of life
   */
  public void ignored(boolean answered, long now) {
    if (end(now, ServiceTime.SAYS_NOTHING)) {
      plan.route().ignored(state, probe, answered, now - started(), now);
    }
  }

  /**
   * Lets the server count it beyond its end, until {@link #release}: what it opened there, as a
   * transaction, is still open. To be called before its end, by whoever ends it.
   */
  public void keep() {
    kept = true;
  }

  /** The server counts it no longer. To be called once, after {@link #keep} and its end. */
  public void release() {
    state.load.release();
  }

  @Override
  public void settle(boolean paused, long now) {
    RouteEngine route = plan.route();
    if (paused) {
      route.ignored(state, probe, false, endNanos - started(), now);
    } else {
      route.failed(state, probe, timeout, 0, started(), endNanos, now);
    }
  }

  private boolean end(long now, long chargedNanos) {
    if (ended != 0 || !ENDED.compareAndSet(this, 0, 1)) {
      return false;
    }
    endNanos = now;
    state.serviceTime().ended(this, chargedNanos, now);
    if (!kept) {
      state.load.release();
    }
    return true;
  }
}
