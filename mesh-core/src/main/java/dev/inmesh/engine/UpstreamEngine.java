package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.UpstreamListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * The engine of one upstream: answers which server to try and takes reports of how it went. It
 * never blocks, runs no user code, opens nothing, and knows only the instants and random numbers
 * that it is handed. Instants are nanoseconds of one clock, as {@link System#nanoTime}. Safe for
 * concurrent use.
 */
public final class UpstreamEngine {

  private final Function<String, UpstreamListener> routeListeners;
  private final RandomSource random;
  private final PauseDetector pauses;

  private final Object lock = new Object();
  private final Map<String, ServerLoad> loads = new HashMap<>();
  private final Map<String, ServerLoad> leaving = new HashMap<>();

  /** Counts the lists. */
  private int list;

  private final ListOrigin origin = new ListOrigin();

  /** The list that holds. */
  private ListChange listed = ListChange.NONE;

  private final RouteEngine main;
  private final HealthChecks checks;
  private volatile List<RouteEngine> routes = List.of();
  private volatile List<RouteEngine> mainAndRoutes = List.of();

  /**
   * @param listener told what happens
   * @param routeListeners the listener of a route, by its name
   * @param random for ties and jitter
   * @param pauses known to this JVM; ticked before {@link #tick}
   */
  public UpstreamEngine(
      UpstreamSettings settings,
      UpstreamListener listener,
      Function<String, UpstreamListener> routeListeners,
      RandomSource random,
      PauseDetector pauses,
      long now) {
    this.routeListeners = routeListeners;
    this.random = random;
    this.pauses = pauses;
    synchronized (lock) {
      listed = change(settings, true, now);
      this.main = new RouteEngine(settings, listener, listed, random, pauses, origin, now);
      this.checks = new HealthChecks(main, random);
      checks.apply(settings, listed.loads, now);
      applyRoutes(settings, now);
    }
  }

  /**
   * A registry says which servers there are.
   *
   * @param words about its list, given an instant, for messages; like {@code list from dns 4s ago}
   */
  public void listedBy(LongFunction<String> words) {
    origin.listedBy(words);
  }

  /** The configuration says which servers there are, as it does without a word. */
  public void configured() {
    origin.configured();
  }

  /** Other settings and servers from now on; what stays keeps its state. */
  public void apply(UpstreamSettings settings, long now) {
    synchronized (lock) {
      listed = change(settings, !differsInServersAlone(settings), now);
      checks.apply(settings, listed.loads, now);
      main.apply(settings, listed, now);
      applyRoutes(settings, now);
    }
  }

  private boolean differsInServersAlone(UpstreamSettings changed) {
    return main.settings().withServers(changed.servers()).equals(changed);
  }

  /**
   * A server that left and comes back while attempts are still running there has its count, and one
   * that failed its health checks is still out for some time.
   */
  private ListChange change(UpstreamSettings settings, boolean othersToo, long now) {
    list++;
    leaving.values().removeIf(load -> load.isForgotten(now));
    ListChange before = listed;
    int[] from = ListDifference.places(before.servers, settings.servers());
    boolean[] stays = new boolean[before.servers.size()];
    ServerLoad[] after = new ServerLoad[from.length];
    for (int i = 0; i < from.length; i++) {
      if (from[i] >= 0) {
        after[i] = before.loads.get(from[i]);
        stays[from[i]] = true;
      } else {
        after[i] = loads.computeIfAbsent(settings.servers().get(i).address(), this::joined);
        after[i].list = list;
      }
    }
    int[] left =
        IntStream.range(0, stays.length)
            .filter(place -> !stays[place] && hasLeft(before.loads.get(place), now))
            .toArray();
    return new ListChange(
        before.servers, settings.servers(), List.of(after), from, left, othersToo);
  }

  private ServerLoad joined(String address) {
    ServerLoad before = leaving.remove(address);
    if (before == null) {
      return new ServerLoad(address);
    }
    before.restore();
    return before;
  }

  private boolean hasLeft(ServerLoad load, long now) {
    if (load.list == list) {
      return false;
    }
    load.leave(now);
    loads.remove(load.address());
    leaving.put(load.address(), load);
    return true;
  }

  private void applyRoutes(UpstreamSettings settings, long now) {
    Map<String, RouteEngine> before = new HashMap<>();
    routes.forEach(route -> before.put(route.settings().route(), route));
    List<RouteEngine> after = new ArrayList<>();
    for (UpstreamSettings route : settings.routes()) {
      RouteEngine engine = before.get(route.route());
      if (engine == null) {
        engine =
            new RouteEngine(
                route, routeListeners.apply(route.route()), listed, random, pauses, origin, now);
      } else {
        engine.apply(route, listed, now);
      }
      after.add(engine);
    }
    routes = List.copyOf(after);
    after.add(0, main);
    mainAndRoutes = List.copyOf(after);
  }

  /**
   * Plans a call: its deadline is fixed, the breaker and the limit are passed.
   *
   * @param now at or after the call's start
   * @throws MeshException the subtype says why it can't be made
   */
  public CallPlan plan(CallInfo info, long now) throws MeshException {
    RouteEngine route = route(info.method(), info.path());
    return route.plan(info, now);
  }

  private RouteEngine route(String method, String path) {
    List<RouteEngine> current = routes;
    for (int i = 0; i < current.size(); i++) {
      RouteEngine route = current.get(i);
      if (route.settings().match().get().matches(method, path)) {
        return route;
      }
    }
    return main;
  }

  /** The settings of the route that such a call belongs to. */
  public UpstreamSettings settings(String method, String path) {
    return route(method, path).settings();
  }

  /** The settings of the upstream. */
  public UpstreamSettings settings() {
    return main.settings();
  }

  /** The listener of the route that such a call belongs to. */
  public UpstreamListener listener(String method, String path) {
    return route(method, path).listener();
  }

  /**
   * Takes the server out on request: no new attempts from now on; the future is done when none is
   * in flight any more. It completes on the thread whose attempt was the last one.
   *
   * @throws IllegalArgumentException if no server has this address
   */
  public CompletableFuture<Void> drain(String address, long now) {
    synchronized (lock) {
      CompletableFuture<Void> drained = known(address).drain();
      mainAndRoutes.forEach(route -> route.rebuild(now));
      return drained;
    }
  }

  /**
   * Puts a drained server back.
   *
   * @throws IllegalArgumentException if no server has this address
   */
  public void restore(String address, long now) {
    synchronized (lock) {
      known(address).restore();
      mainAndRoutes.forEach(route -> route.rebuild(now));
    }
  }

  private ServerLoad known(String address) {
    ServerLoad load = loads.get(address);
    if (load == null) {
      throw new IllegalArgumentException(
          settings().name()
              + ": no server "
              + address
              + "; known are "
              + String.join(", ", loads.keySet().stream().sorted().toList()));
    }
    return load;
  }

  /** Whether a server that is no backup can be tried now. */
  public boolean hasRegular(long now) {
    Choice choice = main.choice();
    return choice.hasRegular || (choice.ejected.length > 0 && now - choice.nextReturn >= 0);
  }

  /** Whether the server of an earlier attempt may still be chosen. */
  public boolean mayChoose(Lease before, long now) {
    ServerState state = before.state();
    return !state.load.isDraining() && state.admits(now) && main.choice().eligible.contains(state);
  }

  /** All servers of the list, in its order. */
  public List<ServerView> servers(long now) {
    return views(main, now);
  }

  /** The same as a route judges them; the upstream's own judgement when there is no such route. */
  public List<ServerView> servers(String routeName, long now) {
    return views(named(routeName), now);
  }

  private static List<ServerView> views(RouteEngine route, long now) {
    Choice choice = route.choice();
    return route.servers().stream()
        .map(s -> Census.view(s, route.settings(), choice, now))
        .toList();
  }

  private RouteEngine named(String routeName) {
    for (RouteEngine route : routes) {
      if (route.settings().route().equals(routeName)) {
        return route;
      }
    }
    return main;
  }

  /** Calls in flight, over all routes. */
  public int active() {
    int active = main.active();
    for (RouteEngine route : routes) {
      active += route.active();
    }
    return active;
  }

  /** Calls of one route in flight; of those that belong to none when there is no such route. */
  public int active(String routeName) {
    return named(routeName).active();
  }

  /** The state of the upstream's breaker. */
  public BreakerState breakerState() {
    return main.breakerState();
  }

  /**
   * The health checks that are to be made now; each is to be ended, however it went. The first ones
   * are due within an interval after this was asked for the first time.
   */
  public List<Check> checksDue(long now) {
    return settings().healthCheck().path().isEmpty() ? List.of() : checks.due(now);
  }

  /** Charges the timeouts since the last tick; to be called every {@link PauseDetector#PERIOD}. */
  public void tick(long now) {
    for (RouteEngine route : mainAndRoutes) {
      route.tick(now);
    }
    checks.tick(this::allRoutes, now);
  }

  /** Those that are being made too: they may have looked at the servers before. */
  private List<RouteEngine> allRoutes() {
    synchronized (lock) {
      return mainAndRoutes;
    }
  }
}
