package dev.inmesh.registry;

import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.RegistrySettings;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registries of a mesh and the lists that come from them: one thread for each upstream that has
 * a registry. Follows the configuration; what didn't change goes on as it is. Safe for concurrent
 * use.
 */
public final class Discovery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Discovery.class);

  private final Consumer<String> changed;
  private final LongSupplier clock;
  private final long seed;

  private final Object lock = new Object();
  private final Map<String, OpenRegistry> registries = new HashMap<>();
  private final Map<String, Follower> followers = new HashMap<>();
  private final List<Follower> retired = new ArrayList<>();
  private boolean closed;

  /** Replaced whole under the lock, so that messages and meters need none. */
  private volatile Map<String, ListKeeper> keepers = Map.of();

  /**
   * Follows nothing yet.
   *
   * @param changed told the name of an upstream when its list has changed, in the thread that
   *     follows it
   * @param clock nanoseconds, as {@link System#nanoTime}
   * @param seed other in each process, for subsets
   */
  public Discovery(Consumer<String> changed, LongSupplier clock, long seed) {
    this.changed = changed;
    this.clock = clock;
    this.seed = seed;
  }

  /** Other settings from now on. Waits for nothing. */
  public void apply(MeshSettings settings) {
    List<OpenRegistry> unused = new ArrayList<>();
    synchronized (lock) {
      if (closed) {
        return;
      }
      retired.removeIf(follower -> !follower.isAlive());
      Map<String, UpstreamSettings> listed = new HashMap<>(settings.upstreams());
      listed.values().removeIf(upstream -> upstream.discovery().isEmpty());
      Map<String, OpenRegistry> before = Map.copyOf(registries);
      open(settings, listed);
      Map<String, ListKeeper> after = new HashMap<>();
      for (UpstreamSettings upstream : listed.values()) {
        after.put(upstream.name(), follow(upstream, settings));
      }
      for (String name : List.copyOf(followers.keySet())) {
        if (!after.containsKey(name)) {
          retire(name);
        }
      }
      keepers = Map.copyOf(after);
      before.values().stream().filter(r -> !registries.containsValue(r)).forEach(unused::add);
    }
    unused.forEach(Discovery::end);
  }

  /** Keeps a registry that didn't change: its connections and what it knows. */
  private void open(MeshSettings settings, Map<String, UpstreamSettings> listed) {
    Map<String, OpenRegistry> before = Map.copyOf(registries);
    registries.clear();
    for (UpstreamSettings upstream : listed.values()) {
      String id = upstream.discovery().orElseThrow().registry();
      RegistrySettings registry = settings.registries().get(id);
      if (registry != null && !registries.containsKey(id)) {
        OpenRegistry old = before.get(id);
        registries.put(
            id, old != null && old.settings().equals(registry) ? old : new OpenRegistry(registry));
      }
    }
  }

  private ListKeeper follow(UpstreamSettings upstream, MeshSettings settings) {
    String name = upstream.name();
    UpstreamSettings.Discovery discovery = upstream.discovery().orElseThrow();
    ListKeeper keeper = keepers.get(name);
    if (keeper == null) {
      keeper =
          new ListKeeper(
              name, discovery, settings.allowedNetworks(), clock, seed, () -> changed.accept(name));
    } else {
      keeper.apply(discovery, settings.allowedNetworks());
    }
    OpenRegistry registry = registries.get(discovery.registry());
    if (registry == null) {
      throw new IllegalStateException("no registry " + discovery.registry());
    }
    Follower follower = followers.get(name);
    if (follower == null || !follower.isOf(registry, discovery.service())) {
      retire(name);
      Follower next = new Follower(registry, name, discovery.service(), keeper);
      keeper.hear(next);
      followers.put(name, next);
      next.start();
    }
    return keeper;
  }

  private void retire(String name) {
    Follower follower = followers.remove(name);
    if (follower != null) {
      follower.close();
      retired.add(follower);
      ListKeeper keeper = keepers.get(name);
      if (keeper != null) {
        keeper.hear(null);
      }
    }
  }

  /** Waits for the first lists, for each as long as it may take. */
  public void awaitFirst() {
    long startedAt = clock.getAsLong();
    keepers.values().forEach(keeper -> keeper.awaitFirst(startedAt));
  }

  /** The servers that an upstream's registry lists; empty while it has listed none. */
  public Optional<List<Server>> servers(String upstream) {
    ListKeeper keeper = keepers.get(upstream);
    return keeper == null ? Optional.empty() : keeper.servers();
  }

  /** Seconds since an upstream's registry confirmed its list; empty without one. */
  public OptionalDouble age(String upstream, long now) {
    ListKeeper keeper = keepers.get(upstream);
    return keeper == null ? OptionalDouble.empty() : keeper.age(now);
  }

  /** {@code list from dns 4s ago}, for messages. */
  public String words(String upstream, long now) {
    ListKeeper keeper = keepers.get(upstream);
    return keeper == null ? "no registry" : keeper.words(now);
  }

  /** Drops lists that have become too old; to be called often. */
  public void tick(long now) {
    keepers.values().forEach(keeper -> keeper.tick(now));
  }

  /** Ends all threads and connections. */
  @Override
  public void close() {
    List<Follower> ending;
    List<OpenRegistry> open;
    synchronized (lock) {
      closed = true;
      List.copyOf(followers.keySet()).forEach(this::retire);
      ending = List.copyOf(retired);
      open = List.copyOf(registries.values());
      registries.clear();
      retired.clear();
    }
    open.forEach(Discovery::end);
    ending.forEach(Follower::join);
  }

  private static void end(OpenRegistry registry) {
    try {
      registry.close();
    } catch (RuntimeException e) {
      String reason = registry.settings().shown(e.toString());
      log.warn("registry {}: closing failed: {}", registry.settings().id(), reason);
    }
  }
}
