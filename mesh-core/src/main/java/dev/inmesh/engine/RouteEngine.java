package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.BreakerOpenException;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.LimitExceededException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.NoServerException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Rejected;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.server.Server;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine of one route of an upstream, which is the whole upstream where no routes are
 * configured: who is eligible, the breaker, the limit and the budget. Safe for concurrent use; what
 * changes rarely is replaced under the lock, what changes with each call is atomic.
 */
final class RouteEngine {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  private final UpstreamListener listener;
  private final RandomSource random;
  private final PauseDetector pauses;
  private final UpstreamBreaker breaker;
  private final RetryBudget budget;
  private final Ejections ejections;
  private final LatencyQuantile median = new LatencyQuantile(0.5);
  private final AtomicInteger active = new AtomicInteger();
  private final Queue<Unsettled> unsettled = new ConcurrentLinkedQueue<>();

  private final Object lock = new Object();
  private volatile Map<String, ServerState> servers = Map.of();
  private final Departed departed = new Departed();
  private long listedAt;

  /** A refresh of 10,000 servers costs about 1 ms, so it takes place each 200 ms. */
  private static final long REFRESH_NANOS_PER_SERVER = 20_000;

  private long refreshedAt;

  private volatile UpstreamSettings settings;
  private volatile Choice choice;

  RouteEngine(
      UpstreamSettings settings,
      UpstreamListener listener,
      Function<String, ServerLoad> loads,
      RandomSource random,
      PauseDetector pauses,
      long now) {
    this.settings = settings;
    this.listener = listener;
    this.random = random;
    this.pauses = pauses;
    this.breaker = new UpstreamBreaker(settings.breaker(), this::breakerChanged, now);
    this.budget = new RetryBudget(settings.budget(), now);
    this.ejections = new Ejections(random);
    this.choice = Choice.of(List.of(), settings, random);
    apply(settings, loads, now);
  }

  /** Other settings and servers from now on; a server that stays keeps its state. */
  void apply(UpstreamSettings changed, Function<String, ServerLoad> loads, long now) {
    synchronized (lock) {
      settings = changed;
      breaker.apply(changed.breaker());
      budget.apply(changed.budget());
      Map<String, ServerState> before = servers;
      Map<String, ServerState> after = new LinkedHashMap<>();
      for (Server server : changed.servers()) {
        String address = server.address();
        ServerState state = before.get(address);
        if (state == null) {
          state = joined(address, server, loads.apply(address), now);
          if (!before.isEmpty()) {
            state.startSlowly(now);
          }
        }
        state.update(server);
        after.put(address, state);
      }
      for (ServerState state : before.values()) {
        if (!after.containsKey(state.address())) {
          departed.add(state, now);
          listener.serverLeft(state.address());
        }
      }
      servers = after;
      listedAt = now;
      if (!changed.outlier().enforce()) {
        after.values().stream().filter(ServerState::isEjected).forEach(s -> s.returned(now));
      }
      rebuild(now);
    }
  }

  /** A new server, or one that is back: then what is still running there goes on to count. */
  private ServerState joined(String address, Server server, ServerLoad load, long now) {
    ServerState before = departed.takeBack(address, now);
    ServerListener serverListener = listener.serverJoined(address);
    if (before != null && before.load == load) {
      before.listener = serverListener;
      return before;
    }
    ServerState fresh = new ServerState(server, load, serverListener, now);
    if (before != null) {
      fresh.inheritEjection(before);
    }
    return fresh;
  }

  /** Looks at every server anew. */
  void rebuild(long now) {
    synchronized (lock) {
      long slowStart = settings.slowStart().toNanos();
      servers.values().forEach(s -> s.updateWeight(slowStart, now));
      choice = Choice.of(servers.values(), settings, random);
    }
  }

  Collection<ServerState> servers() {
    synchronized (lock) {
      return List.copyOf(servers.values());
    }
  }

  UpstreamSettings settings() {
    return settings;
  }

  UpstreamListener listener() {
    return listener;
  }

  Choice choice() {
    return choice;
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

  boolean withdraw(long now) {
    return budget.tryWithdraw(now);
  }

  /** The stages before the attempts, in their order. */
  CallPlan plan(CallInfo info, long now) throws MeshException {
    UpstreamSettings current = settings;
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
    if (state.consecutive.get() != 0) {
      state.consecutive.set(0);
      state.failuresInRow.set(0);
    }
    median.add(nanos);
    if (probe) {
      bringBack(state, now);
    }
    state.listener.attemptEnded(Outcome.SUCCESS, nanos);
  }

  void failed(ServerState state, boolean probe, Failure failure, int status, long nanos, long now) {
    judgeFailure(state, probe, failure, status, now);
    state.listener.attemptEnded(Outcome.FAILURE, nanos);
  }

  private void judgeFailure(
      ServerState state, boolean probe, Failure failure, int status, long now) {
    Ejections.Verdict verdict = ejections.charge(state, failure, settings.outlier(), now);
    if (!probe && verdict == Ejections.Verdict.STAYS) {
      return;
    }
    synchronized (lock) {
      boolean out =
          probe
              ? ejections.ejectAgain(state, failure, status, settings, now)
              : ejections.eject(state, verdict, failure, status, settings, choice, now);
      if (probe) {
        state.probing.set(false);
      }
      if (!out || servers.get(state.address()) != state) {
        return;
      }
      rebuild(now);
      ServerState.Ejection ejection = state.ejection();
      if (ejection != null) {
        log.warn(
            "{}: {} ejected for {} ms: {} ({} of {} servers out)",
            settings.displayName(),
            state.address(),
            millis(ejection.until() - now),
            ejection.words(),
            choice.ejected.length,
            choice.usable);
      }
    }
    state.listener.ejected(failure);
  }

  void rejected(ServerState state, boolean probe, long waitNanos, long nanos, long now) {
    if (waitNanos > 0) {
      state.waitUntil(now + waitNanos);
    }
    if (probe) {
      bringBack(state, now);
    }
    state.listener.attemptEnded(Outcome.REJECTION, nanos);
  }

  void ignored(ServerState state, boolean probe, boolean answered, long nanos, long now) {
    if (probe && answered) {
      bringBack(state, now);
    } else if (probe) {
      state.probing.set(false);
    }
    state.listener.attemptEnded(Outcome.IGNORED, nanos);
  }

  private void bringBack(ServerState state, long now) {
    synchronized (lock) {
      ServerState.Ejection ejection = state.ejection();
      if (ejection != null) {
        state.returned(now);
        state.startSlowly(now);
        rebuild(now);
        log.info(
            "{}: {} is back after {} ms",
            settings.displayName(),
            state.address(),
            millis(now - ejection.since()));
      }
      state.probing.set(false);
    }
  }

  void failedOpen() {
    listener.failedOpen();
  }

  void settleLater(Unsettled timeout) {
    unsettled.add(timeout);
  }

  /** Charges the timeouts since the last tick, unless this JVM stood still meanwhile. */
  void tick(long now) {
    refreshServers(now);
    // One at a time: two that look at the same timeout would both settle it, and lose the next.
    synchronized (unsettled) {
      // What ended after this tick began waits for the next: a pause in between isn't known yet.
      for (Unsettled next = unsettled.peek();
          next != null && next.endNanos() - now <= 0;
          next = unsettled.peek()) {
        unsettled.poll();
        next.settle(pauses.excuse(next.startNanos(), next.endNanos()), now);
      }
    }
  }

  /** Lets the balancer's knowledge age, and slow starts go on. */
  private void refreshServers(long now) {
    if (now - refreshedAt < REFRESH_NANOS_PER_SERVER * servers.size()) {
      return;
    }
    refreshedAt = now;
    if (settings.balancer() == BalancerType.LEAST_TIME) {
      Collection<ServerState> all = servers();
      double median = medianServiceTime(all);
      all.forEach(s -> s.serviceTime().refresh(median, now));
    }
    synchronized (lock) {
      if (servers.values().stream().anyMatch(ServerState::isRamping)) {
        long slowStart = settings.slowStart().toNanos();
        boolean changed = false;
        for (ServerState state : servers.values()) {
          changed |= state.updateWeight(slowStart, now);
        }
        if (changed) {
          choice = Choice.of(servers.values(), settings, random);
        }
      }
    }
  }

  private static double medianServiceTime(Collection<ServerState> servers) {
    double[] known =
        servers.stream()
            .mapToDouble(s -> s.serviceTime().perAttempt())
            .filter(b -> b > 0)
            .sorted()
            .toArray();
    return known.length == 0 ? 0 : known[(known.length - 1) / 2];
  }

  private void breakerChanged(BreakerState before, BreakerState state) {
    listener.breakerChanged(state);
    UpstreamSettings.Breaker b = settings.breaker();
    String name = settings.displayName();
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

  NoServerException noServer(long now) {
    listener.rejected(Rejected.NO_SERVER);
    synchronized (lock) {
      return new NoServerException(
          settings.displayName(),
          "no server can be tried: "
              + Census.of(servers.values(), settings, now).words()
              + "; list from configuration "
              + (now - listedAt) / 1_000_000_000
              + "s ago");
    }
  }

  /** The counters at the end of a message. */
  String counters(long now) {
    Choice c = choice;
    int inFlight = 0;
    for (ServerState state : servers()) {
      inFlight += state.inFlight();
    }
    return " (servers="
        + c.usable
        + ", ejected="
        + c.ejected.length
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
