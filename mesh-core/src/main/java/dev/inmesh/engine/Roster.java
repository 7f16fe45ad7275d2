package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.Failure;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.server.Server;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one route: who is in the list, who is out, and who may be chosen. Safe for
 * concurrent use: what changes rarely is replaced whole under the lock, what changes with each call
 * is atomic in {@link ServerState}.
 */
final class Roster {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  /** A refresh of 10,000 servers costs about 1 ms, so it takes place each 200 ms. */
  private static final long REFRESH_NANOS_PER_SERVER = 20_000;

  private final UpstreamListener listener;
  private final RandomSource random;
  private final Ejections ejections;
  private final Departed departed = new Departed();

  private final Object lock = new Object();
  private volatile Map<String, ServerState> servers = Map.of();
  private volatile UpstreamSettings settings;
  private volatile Choice choice;
  private long listedAt;
  private long refreshedAt;

  Roster(
      UpstreamSettings settings,
      UpstreamListener listener,
      Function<String, ServerLoad> loads,
      RandomSource random,
      long now) {
    this.settings = settings;
    this.listener = listener;
    this.random = random;
    this.ejections = new Ejections(random);
    this.choice = Choice.of(List.of(), settings, random);
    this.refreshedAt = now;
    apply(settings, loads, now);
  }

  UpstreamSettings settings() {
    return settings;
  }

  Choice choice() {
    return choice;
  }

  Collection<ServerState> servers() {
    synchronized (lock) {
      return List.copyOf(servers.values());
    }
  }

  /** Other settings and servers from now on; a server that stays keeps its state. */
  void apply(UpstreamSettings changed, Function<String, ServerLoad> loads, long now) {
    synchronized (lock) {
      settings = changed;
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

  /** Charges a failure, and ejects the server when that is one too many. */
  void judge(ServerState state, boolean probe, Failure failure, int status, long now) {
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

  /** The probe went well. */
  void bringBack(ServerState state, long now) {
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

  /** Lets the balancer's knowledge age, and slow starts go on. */
  void refresh(long now) {
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

  /** The state of the servers in words, when none of them could be tried. */
  String whyNobody(long now) {
    synchronized (lock) {
      return "no server can be tried: "
          + Census.of(servers.values(), settings, now).words()
          + "; list from configuration "
          + (now - listedAt) / 1_000_000_000
          + "s ago";
    }
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
