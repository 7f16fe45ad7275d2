package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.BreakerOpenException;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.LimitExceededException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.NoServerException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Rejected;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.UpstreamListener;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one route of an upstream, which is the whole upstream where no routes are
 * configured: the stages of a call and their reports. Who may be chosen is the {@link Roster}'s.
 * Safe for concurrent use.
 */
final class RouteEngine {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  private final UpstreamListener listener;
  private final FaultJudge faults;
  private final UpstreamBreaker breaker;
  private final RetryBudget budget;
  private final Roster roster;
  private final LatencyQuantile median = new LatencyQuantile(0.5);
  private final LatencyQuantile p95 = new LatencyQuantile(0.95);
  private final AtomicInteger active = new AtomicInteger();
  private final Queue<Unsettled> unsettled = new ConcurrentLinkedQueue<>();

  RouteEngine(
      UpstreamSettings settings,
      UpstreamListener listener,
      ListChange list,
      RandomSource random,
      PauseDetector pauses,
      ListOrigin origin,
      long now) {
    this.listener = listener;
    this.faults = new FaultJudge(pauses, random);
    this.roster = new Roster(settings, listener, list, random, faults, origin, now);
    this.breaker = new UpstreamBreaker(settings.breaker(), this::breakerChanged, now);
    this.budget = new RetryBudget(settings.budget(), now);
  }

  /** Other settings and servers from now on; a server that stays keeps its state. */
  void apply(UpstreamSettings changed, ListChange list, long now) {
    roster.apply(changed, list, now);
    breaker.apply(changed.breaker());
    budget.apply(changed.budget());
  }

  /** Looks at every server anew. */
  void rebuild(long now) {
    roster.rebuild(now);
  }

  /** The server passes its health checks again. */
  void cameBack(String address, long now) {
    roster.cameBack(address, now);
  }

  /** Whether a probe has to decide about the server's return. */
  boolean isEjected(String address) {
    return roster.isEjected(address);
  }

  /** The listener of a server; one that hears nothing when there is no such server. */
  ServerListener listener(String address) {
    return roster.listener(address);
  }

  Collection<ServerState> servers() {
    return roster.servers();
  }

  UpstreamSettings settings() {
    return roster.settings();
  }

  UpstreamListener listener() {
    return listener;
  }

  Choice choice() {
    return roster.choice();
  }

  int active() {
    return active.get();
  }

  BreakerState breakerState() {
    return breaker.state();
  }

  long medianNanos() {
    return median.nanos();
  }

  /** When 95 % of the answers are here, in nanoseconds; 0 while that isn't known. */
  long p95Nanos() {
    return p95.settledNanos();
  }

  boolean withdraw(long now) {
    return budget.tryWithdraw(now);
  }

  /** The stages before the attempts, in their order. */
  CallPlan plan(CallInfo info, long now) throws MeshException {
    UpstreamSettings current = settings();
    long timeout = Math.min(current.timeouts().call().toNanos(), info.limitNanos());
    long deadlineNanos = info.startNanos() + timeout;
    // The deadline comes first: what has no time left must cost nothing and prove nothing.
    if (now - deadlineNanos >= 0) {
      listener.timedOut(Phase.WAIT);
      throw refused(
          Rejected.DEADLINE,
          info,
          now,
          new CallTimeoutException(
              current.displayName(),
              "no time left when the call was to start, after "
                  + millis(now - info.startNanos())
                  + " ms"
                  + counters(now),
              Phase.WAIT,
              null));
    }
    // The breaker before the limit: while the upstream is down, nothing may queue up in front of
    // it.
    UpstreamBreaker.Permit permit = breaker.tryAcquire(now);
    if (permit == null) {
      throw refused(
          Rejected.BREAKER,
          info,
          now,
          new BreakerOpenException(
              current.displayName(),
              "the breaker is "
                  + breaker.state().tag()
                  + ", calls pass again in "
                  + millis(breaker.openNanosLeft(now))
                  + " ms"
                  + counters(now)));
    }
    if (active.incrementAndGet() > current.maxRequests()) {
      active.decrementAndGet();
      breaker.ignore(permit);
      throw refused(
          Rejected.LIMIT,
          info,
          now,
          new LimitExceededException(
              current.displayName(),
              "max-requests=" + current.maxRequests() + " calls are in flight" + counters(now)));
    }
    budget.deposit(now);
    long reserve = info.reservesFallbackTime() ? timeout / 20 : 0;
    return new CallPlan(this, current, permit, info, deadlineNanos, deadlineNanos - reserve);
  }

  private <E extends MeshException> E refused(
      Rejected reason, CallInfo info, long now, E exception) {
    listener.rejected(reason);
    listener.callEnded(Outcome.FAILURE, now - info.startNanos());
    return exception;
  }

  /** A call that was planned is over; its result may still be waiting for the next tick. */
  void leave() {
    active.decrementAndGet();
  }

  void callEnded(
      UpstreamBreaker.Permit permit, Outcome outcome, boolean answered, long nanos, long now) {
    switch (outcome) {
      case SUCCESS -> breaker.record(permit, true, now);
      case FAILURE -> breaker.record(permit, false, now);
      case REJECTION, IGNORED -> {
        // An upstream that only answers 404 or 429 is alive: it must not stay half-open for ever.
        if (answered && breaker.state() == BreakerState.HALF_OPEN) {
          breaker.record(permit, true, now);
        } else {
          breaker.ignore(permit);
        }
      }
    }
    listener.callEnded(outcome, nanos);
  }

  void succeeded(ServerState state, boolean probe, long nanos, long now) {
    median.add(nanos);
    if (settings().hedge().after().isLive()) {
      p95.add(nanos);
    }
    if (probe) {
      roster.bringBack(state, now);
    }
    state.listener.attemptEnded(Outcome.SUCCESS, nanos);
  }

  /**
   * An attempt failed.
   *
   * @param endNanos when; a timeout is charged a tick later
   */
  void failed(
      ServerState state,
      boolean probe,
      Failure failure,
      int status,
      long startNanos,
      long endNanos,
      long now) {
    roster.judge(state, probe, failure, status, startNanos, endNanos, now);
    state.listener.attemptEnded(Outcome.FAILURE, endNanos - startNanos);
  }

  void rejected(ServerState state, boolean probe, long waitNanos, long startNanos, long now) {
    state.overloaded(startNanos, now);
    if (waitNanos > 0) {
      state.waitUntil(now + waitNanos);
    }
    if (probe) {
      roster.bringBack(state, now);
    }
    state.listener.attemptEnded(Outcome.REJECTION, now - startNanos);
  }

  void lost(ServerState state, boolean probe, long startNanos, long now) {
    long nanos = now - startNanos;
    if (settings().hedge().after().isLive()) {
      p95.addAtLeast(nanos); // Of winners alone it would follow its own hedges down.
    }
    roster.lost(state, probe, nanos, now);
    state.listener.attemptEnded(Outcome.IGNORED, nanos);
  }

  void ignored(ServerState state, boolean probe, boolean answered, long nanos, long now) {
    if (probe && answered) {
      roster.bringBack(state, now);
    } else if (probe) {
      state.probing.set(false);
    }
    state.listener.attemptEnded(Outcome.IGNORED, nanos);
  }

  void failedOpen() {
    listener.failedOpen();
  }

  void settleLater(Unsettled timeout) {
    unsettled.add(timeout);
  }

  /** Charges the timeouts since the last tick, unless this JVM stood still meanwhile. */
  void tick(long now) {
    roster.refresh(now);
    // One at a time: two that look at the same timeout would both settle it, and lose the next.
    synchronized (unsettled) {
      // What ended after this tick began waits for the next: a pause in between isn't known yet.
      for (Unsettled next = unsettled.peek();
          next != null && next.endNanos() - now <= 0;
          next = unsettled.peek()) {
        unsettled.poll();
        next.settle(faults.isMine(next.startNanos(), next.endNanos()), now);
      }
    }
    roster.sweep(now);
  }

  private void breakerChanged(BreakerState before, BreakerState state) {
    listener.breakerChanged(state);
    UpstreamSettings.Breaker b = settings().breaker();
    String name = settings().displayName();
    switch (state) {
      case OPEN ->
          log.warn(
              "{}: breaker open for {} ms: {}% or more of {} calls failed",
              name,
              b.openDuration().toMillis(),
              Math.round(b.failureRate() * 100),
              before == BreakerState.HALF_OPEN
                  ? b.halfOpenCalls() + " half-open"
                  : "the last " + b.window());
      case HALF_OPEN -> log.info("{}: breaker half-open: {} calls decide", name, b.halfOpenCalls());
      case CLOSED -> log.info("{}: breaker closed", name);
    }
  }

  /** Why no server can be tried. */
  MeshException nobody(long now) {
    if (choice().isAtLimit()) {
      listener.rejected(Rejected.LIMIT);
      return new LimitExceededException(
          settings().displayName(),
          "every server that could be tried has as many attempts in flight as it takes"
              + " (max-requests=adaptive)"
              + counters(now));
    }
    listener.rejected(Rejected.NO_SERVER);
    return new NoServerException(settings().displayName(), roster.whyNobody(now));
  }

  /** The counters at the end of a message. */
  String counters(long now) {
    Choice c = choice();
    int inFlight = 0;
    for (ServerState state : servers()) {
      inFlight += state.inFlight();
    }
    return " (servers="
        + c.usable
        + ", ejected="
        + c.out
        + ", inFlight="
        + inFlight
        + ", calls="
        + active.get()
        + ")";
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
