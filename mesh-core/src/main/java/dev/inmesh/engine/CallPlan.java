package dev.inmesh.engine;

import dev.inmesh.balance.Attempt;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.LimitExceededException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.NoServerException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.HedgeAfter;
import dev.inmesh.config.RetryCondition;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Rejected;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way: the deadline is fixed, the breaker and the limit are passed. A driver asks
 * for the first lease, then for others from any thread, and ends the plan exactly once; later ends
 * do nothing. Longer than other files, since all that a call may ask of the engine stands here.
 */
public final class CallPlan implements Attempt<ServerState>, Unsettled {

  private static final AtomicIntegerFieldUpdater<CallPlan> ENDED =
      AtomicIntegerFieldUpdater.newUpdater(CallPlan.class, "ended");

  private final RouteEngine route;
  private final UpstreamSettings settings;
  private final UpstreamBreaker.Permit permit;
  private final boolean idempotent;
  private final boolean replayable;
  private final long startNanos;
  private final long keyHash;
  private final long deadlineNanos;
  private final long attemptsEndNanos;

  private int attempts;

  /** At most 10, and beside the flags, so that a call is no larger for it. */
  private byte hedges;

  private @Nullable ServerState lastTried;
  private ServerState @Nullable [] tried;
  private boolean triedMayBeUsed;
  private Failure retryReason = Failure.ERROR;
  private long nowNanos;
  private long endNanos;
  private volatile int ended;

  CallPlan(
      RouteEngine route,
      UpstreamSettings settings,
      UpstreamBreaker.Permit permit,
      CallInfo info,
      long deadlineNanos,
      long attemptsEndNanos) {
    this.route = route;
    this.settings = settings;
    this.permit = permit;
    this.idempotent = info.idempotent();
    this.replayable = info.replayable();
    this.startNanos = info.startNanos();
    this.keyHash = info.keyHash();
    this.deadlineNanos = deadlineNanos;
    this.attemptsEndNanos = attemptsEndNanos;
  }

  /** The settings that hold for this call, whatever a reload changes meanwhile. */
  public UpstreamSettings settings() {
    return settings;
  }

  /** When the call began. */
  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }

  /** The instant by which the call must have returned. */
  public long deadlineNanos() {
    return deadlineNanos;
  }

  /** The instant by which an attempt that starts now must have ended. */
  public long attemptDeadlineNanos(long now) {
    if (settings.timeouts().attempt().isEmpty()) {
      return attemptsEndNanos;
    }
    long own = now + settings.timeouts().attempt().get().toNanos();
    return own - attemptsEndNanos < 0 ? own : attemptsEndNanos;
  }

  /** Attempts made so far. */
  public int attempts() {
    return attempts;
  }

  /**
   * The first attempt.
   *
   * @throws NoServerException if no server can be tried
   * @throws LimitExceededException if the servers take no more, under {@code max-requests=adaptive}
   * @throws CallTimeoutException if the time is over already
   */
  public Lease first(long now) throws MeshException {
    if (now - attemptsEndNanos >= 0) {
      route.listener().rejected(Rejected.DEADLINE);
      route.listener().timedOut(Phase.WAIT);
      throw new CallTimeoutException(
          settings.displayName(),
          "timed out before the first attempt after " + millis(now) + " ms" + route.counters(now),
          Phase.WAIT,
          null);
    }
    Lease lease = next(now);
    if (lease == null) {
      throw route.nobody(now);
    }
    return lease;
  }

  /**
   * A further attempt, after {@link #mayRetry} allowed it; null when no server can be tried or the
   * time is over, and then the outcome of the attempt before stands.
   */
  public synchronized @Nullable Lease another(long now) {
    Lease lease = now - attemptsEndNanos >= 0 ? null : next(now);
    if (lease != null) {
      route.listener().retried(retryReason);
    }
    return lease;
  }

  /**
   * How long after its start an attempt is to be hedged, in nanoseconds; {@link Long#MAX_VALUE} for
   * never.
   */
  public long hedgeAfterNanos() {
    HedgeAfter after = settings.hedge().after();
    if (!after.on() || !idempotent || !replayable || hedges >= settings.hedge().tries()) {
      return Long.MAX_VALUE;
    }
    long nanos = after.isLive() ? route.p95Nanos() : after.after().orElseThrow().toNanos();
    return nanos == 0 ? Long.MAX_VALUE : nanos;
  }

  /**
   * A further attempt while the ones before it have no answer yet: on a server that the call has
   * not tried, from the same budget as retries. Null when it must not be, and the ones that run
   * stand.
   */
  public synchronized @Nullable Lease hedge(long now) {
    long left = attemptsEndNanos - now;
    if (ended != 0
        || left <= 0
        || left <= route.medianNanos()
        || hedgeAfterNanos() == Long.MAX_VALUE) {
      return null;
    }
    nowNanos = now;
    ServerState state = pick(route.choice());
    if (state == null) {
      return null;
    }
    boolean spare = state.server().backup() && !(lastTried != null && lastTried.server().backup());
    if (spare || !route.withdraw(now)) {
      // A backup is for when no other server can be used, not for when one is slow.
      state.load.release();
      if (!spare) {
        route.listener().rejected(Rejected.BUDGET);
      }
      return null;
    }
    hedges++;
    remember(state);
    route.listener().hedged();
    return new Lease(this, state, false, now);
  }

  private @Nullable Lease next(long now) {
    nowNanos = now;
    Choice choice = route.choice();
    ServerState state = null;
    boolean probe = false;
    if (attempts == 0 && choice.ejected.length > 0 && now - choice.nextReturn >= 0) {
      state = claimProbe(choice, now);
      probe = state != null;
    }
    if (state == null) {
      state = pick(choice);
    }
    if (state == null && attempts > 0) {
      triedMayBeUsed = true;
      state = pick(choice);
      triedMayBeUsed = false;
    }
    // Servers that are full are no reason to try those that are out.
    if (state == null && !choice.isAtLimit()) {
      state = failOpen(choice);
    }
    if (state == null) {
      return null;
    }
    remember(state);
    return new Lease(this, state, probe, now);
  }

  private @Nullable ServerState pick(Choice choice) {
    for (int i = 0; i < choice.tiers.size(); i++) {
      // A server that fills up or is drained between the pick and the count is no longer admitted
      // by mayUse, so the next round picks another; the bound is for a choice that is out of date.
      for (int round = 0; round <= choice.usable; round++) {
        ServerState state = choice.tiers.get(i).pick(this);
        if (state == null) {
          break;
        }
        if (state.tryAcquire()) {
          return state;
        }
      }
    }
    return null;
  }

  private @Nullable ServerState claimProbe(Choice choice, long now) {
    for (ServerState state : choice.ejected) {
      Ejection ejection = state.ejection();
      if (ejection == null) {
        continue;
      }
      if (now - ejection.until() < 0) {
        return null;
      }
      if (!state.admits(now) || !state.probing.compareAndSet(false, true)) {
        continue;
      }
      // The probe before this one may have ended between the two looks: it is back, or out anew.
      if (ejection.equals(state.ejection()) && state.tryAcquire()) {
        return state;
      }
      state.probing.set(false);
    }
    return null;
  }

  /** The longest out of those whose ejection a request could have caused. */
  private @Nullable ServerState failOpen(Choice choice) {
    ServerState longestOut = null;
    long since = 0;
    for (ServerState state : choice.ejected) {
      Ejection ejection = state.ejection();
      if (ejection == null || ejection.evidence().isBeyondDoubt() || !mayUse(state)) {
        continue;
      }
      if (longestOut == null || ejection.since() - since < 0) {
        longestOut = state;
        since = ejection.since();
      }
    }
    if (longestOut == null || !longestOut.tryAcquire()) {
      return null;
    }
    route.failedOpen();
    return longestOut;
  }

  private void remember(ServerState state) {
    if (lastTried != null) {
      ServerState[] before = tried;
      ServerState[] after = new ServerState[before == null ? 1 : before.length + 1];
      if (before != null) {
        System.arraycopy(before, 0, after, 0, before.length);
      }
      after[after.length - 1] = lastTried;
      tried = after;
    }
    lastTried = state;
    attempts++;
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public long keyHash() {
    return keyHash;
  }

  @Override
  public int callsInFlight() {
    return route.active();
  }

  /**
   * What a failed attempt is charged with: at least its timeout, or ten times the median where it
   * has none of its own, for a server that fails fast must not look fast.
   */
  long chargeNanos(Lease lease, long now) {
    long least =
        settings.timeouts().attempt().map(Duration::toNanos).orElse(10 * route.medianNanos());
    return Math.max(now - lease.startNanos(), least);
  }

  @Override
  public boolean mayUse(ServerState server) {
    return (attempts == 0 || triedMayBeUsed || !wasTried(server))
        && !server.load.isDraining()
        && server.admits(nowNanos);
  }

  private boolean wasTried(ServerState server) {
    if (server == lastTried) {
      return true;
    }
    if (tried != null) {
      for (ServerState other : tried) {
        if (other == server) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Whether the call may be tried again after this failure: the one place that decides. True takes
   * a token from the budget.
   *
   * @param status the HTTP status, 0 without an answer
   * @param sent whether a byte of the request may have left
   */
  public synchronized boolean mayRetry(Failure failure, int status, boolean sent, long now) {
    Set<RetryCondition> on = settings.retry().on();
    if (attempts - hedges >= settings.retry().tries() || !names(on, failure, status)) {
      return false;
    }
    if (sent && !replayable) {
      return false;
    }
    if (sent && !idempotent && !on.contains(RetryCondition.NON_IDEMPOTENT)) {
      return false;
    }
    long left = attemptsEndNanos - now - settings.retry().backoff().toNanos();
    if (left <= route.medianNanos() || left <= 0) {
      return false;
    }
    if (!route.withdraw(now)) {
      route.listener().rejected(Rejected.BUDGET);
      return false;
    }
    retryReason = failure;
    return true;
  }

  private static boolean names(Set<RetryCondition> on, Failure failure, int status) {
    return switch (failure) {
      case REFUSED, CONNECT_TIMEOUT, CONNECT, OUTSIDE -> on.contains(RetryCondition.CONNECT);
      case ERROR -> on.contains(RetryCondition.ERROR);
      case TIMEOUT -> on.contains(RetryCondition.TIMEOUT);
      case STATUS -> {
        boolean named = false;
        for (RetryCondition condition : on) {
          named |= condition.status() == status;
        }
        yield named;
      }
    };
  }

  /**
   * The call has its outcome, as far as the servers are concerned.
   *
   * @param answered whether a server answered at all
   * @param timedOut whether it failed for want of time, for which a pause may be to blame
   * @return whether this was the first end, the one that counts
   */
  public boolean end(Outcome outcome, boolean answered, boolean timedOut, long now) {
    if (ended != 0 || !ENDED.compareAndSet(this, 0, 1)) {
      return false;
    }
    endNanos = now;
    route.leave();
    if (outcome == Outcome.FAILURE && timedOut) {
      route.settleLater(this);
    } else {
      route.callEnded(permit, outcome, answered, now - startNanos, now);
    }
    return true;
  }

  @Override
  public void settle(boolean paused, long now) {
    route.callEnded(
        permit, paused ? Outcome.IGNORED : Outcome.FAILURE, false, endNanos - startNanos, now);
  }

  /** A hedge is what answered. */
  public void hedgeWon() {
    route.listener().hedgeWon();
  }

  /** The time of an attempt ran out in this phase. */
  public void timedOut(Phase phase) {
    route.listener().timedOut(phase);
  }

  /** The counters of the upstream, for the end of a message. */
  public String counters(long now) {
    return route.counters(now);
  }

  RouteEngine route() {
    return route;
  }

  private long millis(long now) {
    return (now - startNanos) / 1_000_000;
  }
}
