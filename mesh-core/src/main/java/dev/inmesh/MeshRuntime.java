package dev.inmesh;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.Fallback;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.Snapshot;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.http.AddressCheck;
import dev.inmesh.http.HealthWatch;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.Resolver;
import dev.inmesh.jdkhttp.JdkHttpMesh;
import dev.inmesh.micrometer.MeshMeters;
import dev.inmesh.okhttp.OkHttpMesh;
import dev.inmesh.registry.Discovery;
import dev.inmesh.registry.ListWords;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import dev.inmesh.timer.DaemonTimers;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs behind a {@link Mesh}: the engines of its upstreams, its drivers, meters and threads.
 * Follows the configuration; safe for concurrent use.
 */
final class MeshRuntime implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Mesh.class);

  /** How late a health check may be. */
  private static final Duration CHECK_PERIOD = Duration.ofMillis(20);

  /** How many names may be looked up at the same moment; each has one look-up at a time. */
  static final int LOOK_UPS = 1024;

  private final MeshMeters meters;
  private final Map<String, Fallback> fallbacks;
  private final Supplier<String> deadlineHeader;
  private final PauseDetector pauses = new PauseDetector();
  private final Discovery discovery =
      new Discovery(this::relist, System::nanoTime, ThreadLocalRandom.current().nextLong());
  private final ExecutorService lookups = lookUpThreads();
  private final ExecutorService fallbackThreads = DaemonThreads.upTo(256, "inmesh-fallback");
  private final ExecutorService workThreads = DaemonThreads.upTo(1024, "inmesh-work");
  private final DaemonTimers timers = new DaemonTimers("inmesh-timer");
  private final ThreadPoolExecutor httpThreads =
      DaemonThreads.upTo(Integer.MAX_VALUE, "inmesh-http");
  private final ExecutorService checkThreads =
      DaemonThreads.upTo(Integer.MAX_VALUE, "inmesh-check");
  private final OkHttpMesh okHttp;
  private final JdkHttpMesh jdkHttp;
  private final AddressCheck addressCheck;
  private final HealthWatch health;
  private final HostedEngines hosted;
  private final Repeater configPoll;

  private final Object lock = new Object();
  private @Nullable Repeater ticker;
  private @Nullable Repeater checks;
  private boolean closed;

  /** Set before what hangs on it, so that no server is asked for under the networks before. */
  private volatile AllowedNetworks networks = AllowedNetworks.ANY;

  private volatile boolean enabled;
  private volatile Map<String, HttpUpstream> byName = Map.of();
  private volatile HttpUpstreams published = HttpUpstreams.NONE;

  MeshRuntime(
      Configuration configuration, MeterRegistry registry, Map<String, Fallback> fallbacks) {
    MeshSettings settings = configuration.current().settings();
    this.fallbacks = fallbacks;
    this.deadlineHeader = () -> configuration.current().settings().outboundDeadlineHeader();
    this.meters =
        new MeshMeters(registry, settings.metricsPerServer(), settings.metricsMaxServers());
    Resolver resolver = new Resolver(lookups);
    this.addressCheck = new AddressCheck(resolver, () -> networks);
    this.okHttp =
        new OkHttpMesh(
            () -> published, resolver, () -> networks, timers, httpThreads, checkThreads);
    this.jdkHttp =
        new JdkHttpMesh(
            () -> published,
            resolver,
            () -> networks,
            timers,
            httpThreads,
            (upstream, key) -> whoSet(configuration.current(), upstream, key));
    // OkHttp's first, which can say any name in the Host header and to TLS.
    this.health =
        new HealthWatch(
            () -> enabled ? byName.values() : List.of(),
            () -> okHttp.healthProbe().or(jdkHttp::healthProbe));
    this.hosted = new HostedEngines(configuration, meters, pauses, workThreads, this::startTicking);
    meters.configuration(() -> configuration.current().version(), configuration::rejected);
    if (!settings.configured()) {
      log.info("no mesh.* property is set: wrapped HTTP clients pass every call on");
    }
    apply(settings);
    discovery.awaitFirst();
    if (!byName.isEmpty()) {
      log.info("calls to these hosts go through the mesh: {}", words());
    }
    configuration.subscribe(snapshot -> apply(snapshot.settings()));
    this.configPoll =
        Repeater.start("inmesh-config", configuration::refreshInterval, configuration::poll);
  }

  /**
   * One for each name under look-up, so that those that hang hold up nobody else's. What is beyond
   * the bound fails at once instead of waiting for what may never end.
   */
  static ExecutorService lookUpThreads() {
    return DaemonThreads.upTo(LOOK_UPS, "inmesh-resolver");
  }

  private String words() {
    return byName.values().stream()
        .map(upstream -> upstream.engine().settings())
        .map(u -> u.name() + " (" + ListWords.count(u.servers()) + ")")
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** Who set a key of an upstream, the nearest level first: the full key, its value, its source. */
  private static String whoSet(Snapshot snapshot, UpstreamSettings settings, String key) {
    String upstream = "mesh.upstream." + settings.name() + ".";
    for (String level :
        List.of(upstream + "route." + settings.route() + ".", upstream, "mesh.defaults.")) {
      for (Snapshot.Entry entry : snapshot.entries()) {
        if (entry.key().equals(level + key)) {
          return entry.key() + "=" + entry.value() + " [" + entry.source() + "]";
        }
      }
    }
    return upstream + key;
  }

  private void apply(MeshSettings settings) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      long now = System.nanoTime();
      networks = settings.allowedNetworks();
      meters.apply(settings.metricsPerServer(), settings.metricsMaxServers());
      discovery.apply(settings);
      Map<String, HttpUpstream> before = byName;
      Map<String, HttpUpstream> after = new TreeMap<>();
      for (UpstreamSettings configured : settings.upstreams().values()) {
        HttpUpstream known = before.get(configured.name());
        UpstreamSettings upstream = withList(configured, known);
        if (known == null) {
          after.put(upstream.name(), open(upstream, now));
        } else {
          // What didn't change keeps its very object, which drivers compare.
          if (!known.engine().settings().equals(upstream)) {
            change(known, upstream, now);
          }
          after.put(upstream.name(), known);
        }
        listedBy(configured, Objects.requireNonNull(after.get(configured.name())).engine());
      }
      before.keySet().stream().filter(n -> !after.containsKey(n)).forEach(meters::remove);
      byName = Map.copyOf(after);
      enabled = settings.enabled();
      tellDrivers();
      published = settings.enabled() ? HttpUpstreams.of(after.values()) : HttpUpstreams.NONE;
      if (!after.isEmpty()) {
        startTicking();
      }
      if (checks == null && after.values().stream().anyMatch(MeshRuntime::isChecked)) {
        // Not on the ticker: starting some hundred threads there would look like a pause.
        checks =
            Repeater.start(
                "inmesh-health", () -> CHECK_PERIOD, () -> health.tick(System.nanoTime()));
      }
    }
  }

  private void startTicking() {
    synchronized (lock) {
      if (ticker == null && !closed) {
        ticker = Repeater.start("inmesh-ticker", () -> PauseDetector.PERIOD, this::tick);
      }
    }
  }

  /** What a registry lists; until it does, what was there before. */
  private UpstreamSettings withList(UpstreamSettings configured, @Nullable HttpUpstream known) {
    if (configured.discovery().isEmpty()) {
      return configured;
    }
    List<Server> before = known == null ? List.of() : known.engine().settings().servers();
    return configured.withServers(discovery.servers(configured.name()).orElse(before));
  }

  private void listedBy(UpstreamSettings configured, UpstreamEngine engine) {
    String name = configured.name();
    if (configured.discovery().isPresent()) {
      engine.listedBy(now -> discovery.words(name, now));
    } else {
      engine.configured();
    }
    meters.age(
        name,
        configured.discovery().map(UpstreamSettings.Discovery::registry),
        () -> discovery.age(name, System.nanoTime()));
  }

  /** Takes over what a registry lists now. */
  private void relist(String name) {
    synchronized (lock) {
      HttpUpstream known = byName.get(name);
      if (closed || known == null) {
        return;
      }
      UpstreamSettings before = known.engine().settings();
      UpstreamSettings after = withList(before, known);
      if (!after.servers().equals(before.servers())) {
        change(known, after, System.nanoTime());
        tellDrivers();
      }
    }
  }

  private void tellDrivers() {
    List<UpstreamSettings> upstreams =
        byName.values().stream().map(u -> u.engine().settings()).toList();
    okHttp.apply(upstreams);
    jdkHttp.apply(upstreams);
  }

  private static boolean isChecked(HttpUpstream upstream) {
    return upstream.engine().settings().healthCheck().path().isPresent();
  }

  private HttpUpstream open(UpstreamSettings settings, long now) {
    String name = settings.name();
    UpstreamEngine engine =
        new UpstreamEngine(
            settings,
            meters.upstream(name, ""),
            route -> meters.upstream(name, route),
            RandomSource.perThread(),
            pauses,
            now);
    meters.gauges(engine);
    return new HttpUpstream(
        engine, Optional.ofNullable(fallbacks.get(name)), fallbackThreads, deadlineHeader);
  }

  private void change(HttpUpstream upstream, UpstreamSettings settings, long now) {
    Set<String> routes = routes(upstream.engine().settings());
    upstream.engine().apply(settings, now);
    upstream.apply();
    meters.gauges(upstream.engine());
    routes.removeAll(routes(settings));
    routes.forEach(route -> meters.remove(settings.name(), route));
  }

  private static Set<String> routes(UpstreamSettings settings) {
    return settings.routes().stream().map(UpstreamSettings::route).collect(Collectors.toSet());
  }

  private void tick() {
    long now = System.nanoTime();
    pauses.tick(now);
    for (HttpUpstream upstream : byName.values()) {
      upstream.engine().tick(now);
    }
    hosted.tick(now);
    discovery.tick(now);
  }

  HostedEngines hosted() {
    return hosted;
  }

  OkHttpMesh okHttp() {
    return okHttp;
  }

  JdkHttpMesh jdkHttp() {
    return jdkHttp;
  }

  Upstream upstream(String name) {
    UpstreamEngine unused = engine(name);
    return handle(name);
  }

  private Upstream handle(String name) {
    return new Upstream(name, () -> engine(name), workThreads, httpThreads, addressCheck);
  }

  private UpstreamEngine engine(String name) {
    HttpUpstream upstream = byName.get(name);
    if (upstream == null) {
      throw new IllegalArgumentException(
          "no upstream '"
              + name
              + "': configured are "
              + byName.keySet().stream().sorted().toList()
              + "; set mesh.upstream."
              + name
              + ".servers");
    }
    return upstream.engine();
  }

  List<Upstream> upstreams() {
    return byName.keySet().stream().sorted().map(this::handle).toList();
  }

  @Override
  public void close() {
    Repeater ticking;
    Repeater checking;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      published = HttpUpstreams.NONE;
      ticking = ticker;
      checking = checks;
    }
    configPoll.close();
    hosted.close();
    discovery.close();
    health.close();
    if (checking != null) {
      checking.close();
    }
    if (ticking != null) {
      ticking.close();
    }
    // What ran out of time just before is still settled: nothing is lost.
    tick();
    lookups.shutdownNow();
    fallbackThreads.shutdownNow();
    workThreads.shutdown();
    okHttp.close();
    jdkHttp.close();
    // Calls in flight need them until they end.
    DaemonThreads.endWhenIdle(httpThreads);
    timers.endWhenIdle();
    checkThreads.shutdownNow();
    meters.close();
  }
}
