package dev.inmesh.engine;

import static java.util.stream.Collectors.toSet;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.OutlierMode;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.engine.OutlierSweep.Finding;
import dev.inmesh.event.Evidence;
import dev.inmesh.event.Failure;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one route: who is in the list, who is out, and who may be chosen. Safe for
 * concurrent use: what changes rarely is replaced whole under the lock, what changes with each call
 * is atomic in {@link ServerState}. Longer than other files, since all that its one lock guards
 * stands here.
 */
final class Roster {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  /** A refresh of 10,000 servers costs about 1 ms, so it takes place each 200 ms. */
  private static final long REFRESH_NANOS_PER_SERVER = 20_000;

  /** In an interval, at most, while there are failures. */
  private static final int SWEEPS_AFTER_FAILURES = 5;

  /** Comparing the latencies of so many takes 1 or 2 ms. */
  private static final int COMPARED_AT_ONCE = 500;

  /** So many hedges won in a row without an answer are no chance: it is a black hole. */
  private static final int MOST_UNANSWERED = 10;

  /** Twice as long that often is longer than any cap. */
  private static final int LONGEST_STREAK = 60;

  private static final ServerListener NOBODY = new ServerListener() {};

  private final UpstreamListener listener;
  private final RandomSource random;
  private final Ejections ejections;
  private final FaultJudge faults;
  private final ListOrigin origin;
  private final Departed departed = new Departed();

  private final Object lock = new Object();
  private final Map<String, ServerState> byAddress = new ConcurrentHashMap<>();
  private volatile Lineup lineup = Lineup.NOBODY;

  /** The list that was taken over last, or none while one is being taken over. */
  private @Nullable List<Server> taken = ListChange.NONE.servers;

  private volatile UpstreamSettings settings;
  private volatile Choice choice;
  private long listedAt;
  private long refreshedAt;
  private volatile boolean failedSince;
  private long ratesAt;
  private long sweptAt;
  private long sliceStart;

  Roster(
      UpstreamSettings settings,
      UpstreamListener listener,
      ListChange list,
      RandomSource random,
      FaultJudge faults,
      ListOrigin origin,
      long now) {
    this.settings = settings;
    this.listener = listener;
    this.random = random;
    this.ejections = new Ejections(random);
    this.faults = faults;
    this.origin = origin;
    this.choice = Choice.of(lineup, settings.balancer(), random);
    this.refreshedAt = now;
    this.ratesAt = now;
    this.sweptAt = now;
    apply(settings, list, now);
  }

  UpstreamSettings settings() {
    return settings;
  }

  Choice choice() {
    return choice;
  }

  List<ServerState> servers() {
    return lineup.states();
  }

  /**
   * Other settings and servers from now on; a server that stays keeps its state. What fails in the
   * midst of it, out of memory for one, has the next list compared by addresses.
   */
  @SuppressWarnings("ReferenceEquality") // The very list that was taken over last.
  void apply(UpstreamSettings changed, ListChange change, long now) {
    synchronized (lock) {
      ListChange list = change.before == taken ? change : change.fromAnother();
      taken = null;
      settings = changed;
      Lineup before = lineup;
      ServerState[] states = new ServerState[list.from.length];
      for (int i = 0; i < states.length; i++) {
        int from = list.from[i];
        states[i] = from >= 0 ? before.state(from) : listed(list, i, before.size() > 0, now);
        if (from < 0 || list.othersToo) {
          adapt(states[i], now);
        }
      }
      for (int place : list.left) {
        left(before.state(place), now);
      }
      if (list != change) {
        Set<String> stay = list.loads.stream().map(ServerLoad::address).collect(toSet());
        byAddress.values().stream()
            .filter(state -> !stay.contains(state.address()))
            .forEach(state -> left(state, now));
      }
      lineup = before.replacedBy(states, list.from, changed.locality());
      listedAt = now;
      if (list.othersToo) {
        lookAndChoose();
      } else {
        choose();
      }
      taken = list.servers;
    }
  }

  private void left(ServerState state, long now) {
    byAddress.remove(state.address());
    departed.add(state, now);
    try {
      listener.serverLeft(state.address());
    } catch (RuntimeException e) {
      log.warn("{}: a listener failed", settings.displayName(), e);
    }
  }

  private ServerListener told(String address) {
    try {
      return listener.serverJoined(address);
    } catch (RuntimeException e) {
      log.warn("{}: a listener failed; nothing of {} is told", settings.displayName(), address, e);
      return NOBODY;
    }
  }

  /** A server of the list that hasn't stood there before, as it is. */
  private ServerState listed(ListChange list, int place, boolean slowly, long now) {
    Server server = list.servers.get(place);
    ServerLoad load = list.loads.get(place);
    ServerState state = byAddress.get(load.address());
    if (state == null) {
      state = joined(load.address(), server, load, now);
      byAddress.put(load.address(), state);
      if (slowly) {
        state.startSlowly(now);
      }
    }
    state.update(server);
    return state;
  }

  /** Has what is set hold for it. */
  private void adapt(ServerState state, long now) {
    state.limitAttempts(settings.adaptiveLimit());
    if (settings.outlier().mode() != OutlierMode.ENFORCE) {
      if (state.isEjected()) {
        state.returned(now);
      }
      state.slowness.clear(now);
    }
    state.updateWeight(settings.slowStart().toNanos(), now);
  }

  /** A new server, or one that is back: then what is still running there goes on to count. */
  private ServerState joined(String address, Server server, ServerLoad load, long now) {
    ServerState before = departed.takeBack(address, now);
    ServerListener serverListener = told(address);
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
      servers().forEach(s -> s.updateWeight(slowStart, now));
      lookAndChoose();
    }
  }

  private void lookAndChoose() {
    lineup = lineup.lookedAtAnew(settings.locality());
    choose();
  }

  private void choose() {
    boolean before = choice.ignoresChecks;
    choice = Choice.of(lineup, settings.balancer(), random);
    if (choice.ignoresChecks && !before) {
      log.warn(
          "{}: no server is left that passes its health checks: nobody is out for them",
          settings.displayName());
    } else if (before && !choice.ignoresChecks) {
      log.info("{}: health checks take servers out again", settings.displayName());
    }
  }

  /** It passes its health checks again: slowly, unless a probe has to decide anyway. */
  void cameBack(String address, long now) {
    synchronized (lock) {
      ServerState state = byAddress.get(address);
      if (state != null && !state.isEjected()) {
        state.cameBack(now);
      }
    }
  }

  boolean isEjected(String address) {
    ServerState state = byAddress.get(address);
    return state != null && state.isEjected();
  }

  ServerListener listener(String address) {
    ServerState state = byAddress.get(address);
    return state == null ? NOBODY : state.listener;
  }

  /** Charges a failure, and ejects the server when that is one too many. */
  void judge(
      ServerState state,
      boolean probe,
      Failure failure,
      int status,
      long startNanos,
      long endNanos,
      long now) {
    if (failure.isTimeout()) {
      // So long at least; a quick failure says nothing of that.
      state.slowness.add(endNanos - startNanos, now);
    }
    if (failure != Failure.STATUS) {
      state.overloaded(startNanos, now);
    }
    failedSince = true;
    Ejections.Verdict verdict = ejections.charge(state, failure, settings.outlier(), now);
    if (!probe && verdict == Ejections.Verdict.STAYS) {
      return;
    }
    Evidence evidence = Ejections.evidence(failure);
    String proof = failure.words(status);
    synchronized (lock) {
      if (probe) {
        ejectAgain(state, evidence, proof, now);
      } else if (!isOut(state, now)
          && !faults.isServices(state, evidence, choice, settings.outlier())) {
        boolean byWindow = verdict == Ejections.Verdict.WINDOW;
        eject(state, evidence, proof, state.failures.inRow(), byWindow, now);
      }
    }
  }

  /** Ejects the server unless it is out already or a cap forbids it. */
  private void eject(
      ServerState state, Evidence evidence, String proof, int count, boolean byWindow, long now) {
    if (isOut(state, now)
        || Ejections.isTurnedOff(state.server())
        || byAddress.get(state.address()) != state) {
      return;
    }
    boolean enforce = settings.outlier().mode() == OutlierMode.ENFORCE;
    int out = choice.out + (enforce ? 0 : watched(now));
    if (out + 1 > Ejections.most(choice.usable, evidence, settings.outlier())) {
      return;
    }
    int streak = streak(state, now);
    Ejection ejection =
        ejections.first(state, evidence, proof, count, byWindow, streak, settings, now);
    if (enforce) {
      put(state, ejection, streak + 1, now);
    } else {
      state.watch(ejection.until());
      state.listener.wouldBeEjected(evidence);
      log.info(
          "{}: {} would be ejected, but outlier.mode=observe: {}",
          settings.displayName(),
          state.address(),
          ejection.words());
    }
  }

  /** An attempt was overtaken by a hedge. */
  void lost(ServerState state, boolean probe, long nanos, long now) {
    state.slowness.add(nanos, now);
    int unanswered = state.failures.unanswered();
    if (!probe && unanswered < MOST_UNANSWERED) {
      return;
    }
    synchronized (lock) {
      if (probe) {
        ejectAgain(state, Evidence.LATENCY, "overtaken by a hedge", now);
      } else if (!isOut(state, now)) {
        eject(state, Evidence.LATENCY, "overtaken by hedges", unanswered, false, now);
      }
    }
  }

  private boolean isOut(ServerState state, long now) {
    return settings.outlier().mode() == OutlierMode.ENFORCE
        ? state.isEjected()
        : state.isWatched(now);
  }

  /** The probe failed: out again, for longer unless all the others fail as well. */
  private void ejectAgain(ServerState state, Evidence evidence, String proof, long now) {
    Ejection before = state.ejection();
    int most = Ejections.most(choice.usable, evidence, settings.outlier());
    if (before != null && choice.out > most) {
      // It was out on evidence that may take out more than this evidence may.
      state.returned(now);
      rebuild(now);
    } else if (before != null && byAddress.get(state.address()) == state) {
      int streak = streak(state, now);
      if (faults.isServices(state, evidence, choice, settings.outlier())) {
        streak = Math.max(0, streak - 1);
      }
      Ejection ejection = ejections.again(state, before, evidence, proof, streak, settings, now);
      put(state, ejection, streak + 1, now);
    }
    // Last: as long as it is set, nobody else probes by the ejection that this one ended.
    state.probing.set(false);
  }

  private int streak(ServerState state, long now) {
    return state.streak(now, settings.outlier().interval().toNanos());
  }

  private void put(ServerState state, Ejection ejection, int streak, long now) {
    state.eject(ejection, Math.min(streak, LONGEST_STREAK));
    rebuild(now);
    log.warn(
        "{}: {} ejected for {} ms: {} ({} of {} servers out)",
        settings.displayName(),
        state.address(),
        millis(ejection.until() - now),
        ejection.words(),
        choice.out,
        choice.usable);
    state.listener.ejected(ejection.evidence());
  }

  private int watched(long now) {
    return (int) choice.eligible.stream().filter(s -> s.isWatched(now)).count();
  }

  /** Compares the servers with each other, when it is time to. */
  void sweep(long now) {
    Outlier outlier = settings.outlier();
    long interval = outlier.interval().toNanos();
    boolean whole = now - sweptAt >= interval;
    // A failure may be the last piece of evidence; whoever has not failed since can't be behind.
    boolean failed = failedSince && now - ratesAt >= interval / SWEEPS_AFTER_FAILURES;
    if (!whole && !failed) {
      return;
    }
    ratesAt = now;
    // Under the lock, so that what a return or a reload forgets isn't written back.
    synchronized (lock) {
      // Whatever happened: counts that are not folded for an hour would count as this second's.
      servers().forEach(state -> state.failures.outcomes.fold(now));
      boolean judges = settings.outlier().mode() != OutlierMode.OFF;
      if (failed && judges) {
        failedSince = false;
        act(OutlierSweep.bySuccessRate(choice.eligible, outlier), now);
      }
      if (whole) {
        sweptAt = now;
        if (judges) {
          act(OutlierSweep.byLatency(slice(choice.eligible), outlier, now), now);
        }
      }
    }
  }

  /** So many that the ticker is not held up; of more servers, others each time. */
  private List<ServerState> slice(List<ServerState> all) {
    if (all.size() <= COMPARED_AT_ONCE) {
      return all;
    }
    List<ServerState> some = new ArrayList<>(COMPARED_AT_ONCE);
    for (int i = 0; i < COMPARED_AT_ONCE; i++) {
      some.add(all.get((int) ((sliceStart + i) % all.size())));
    }
    sliceStart += COMPARED_AT_ONCE;
    return some;
  }

  private void act(List<Finding> findings, long now) {
    for (Finding finding : findings) {
      if (finding.evidence() == Evidence.LATENCY) {
        slowed(finding, now);
      } else {
        eject(finding.server(), finding.evidence(), finding.words(), 0, false, now);
      }
    }
    reweigh(now);
  }

  /** Less weight first; ejection when it has the least and is slow all the same. */
  private void slowed(Finding finding, long now) {
    ServerState state = finding.server();
    boolean enforce = settings.outlier().mode() == OutlierMode.ENFORCE;
    if (enforce && state.slowness.lighten(finding.ratio(), now)) {
      log.info(
          "{}: {} is slow: {}; {}/{} of its weight left",
          settings.displayName(),
          state.address(),
          finding.words(),
          state.slowness.steps(),
          Slowness.STEPS);
    } else {
      eject(state, finding.evidence(), finding.words(), 0, false, now);
    }
  }

  /** The probe went well. */
  void bringBack(ServerState state, long now) {
    synchronized (lock) {
      Ejection ejection = state.ejection();
      if (ejection != null) {
        state.returned(now);
        state.startSlowly(now);
        rebuild(now);
        log.info(
            "{}: {} {} after {} ms",
            settings.displayName(),
            state.address(),
            choice.isOutByChecks(state) ? "answers, but fails its health checks" : "is back",
            millis(now - ejection.since()));
      }
      state.probing.set(false);
    }
  }

  /** Lets the balancer's knowledge age, and slow starts go on. */
  void refresh(long now) {
    if (now - refreshedAt < REFRESH_NANOS_PER_SERVER * lineup.size()) {
      return;
    }
    refreshedAt = now;
    if (settings.balancer() == BalancerType.LEAST_TIME) {
      Collection<ServerState> all = servers();
      double median = medianServiceTime(all);
      all.forEach(s -> s.serviceTime().refresh(median, now));
    }
    synchronized (lock) {
      if (servers().stream().anyMatch(ServerState::isRamping)) {
        reweigh(now);
      }
    }
  }

  /** Takes over weights that have changed. */
  private void reweigh(long now) {
    long slowStart = settings.slowStart().toNanos();
    boolean changed = false;
    for (ServerState state : servers()) {
      changed |= state.updateWeight(slowStart, now);
    }
    if (changed) {
      lookAndChoose();
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

  /** The state of the servers in words, when none of them could be tried. */
  String whyNobody(long now) {
    synchronized (lock) {
      return "no server can be tried: "
          + Census.of(servers(), settings, choice, now).words()
          + "; "
          + origin.words(listedAt, now);
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
