package dev.inmesh.jdkhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.HealthProbe;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import dev.inmesh.timer.Alarms;
import dev.inmesh.timer.PunctualAlarms;
import dev.inmesh.timer.Timers;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The driver of the JDK's HTTP client: wraps clients so that their calls to upstreams go through
 * the mesh. Safe for concurrent use.
 */
public final class JdkHttpMesh implements AutoCloseable {

  private final Supplier<HttpUpstreams> upstreams;
  private final Resolver resolver;
  private final Supplier<AllowedNetworks> networks;
  private final Timers timers;
  private final Alarms alarms;
  private final Executor executor;
  private final BiFunction<UpstreamSettings, String, String> whoSet;
  private final AtomicReference<@Nullable JdkProbe> probe = new AtomicReference<>();

  /** Of all wrapped clients that somebody still uses. */
  private final Set<AttemptClients> opened =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** By upstream; guarded by itself. */
  private final Map<String, HeldNames> names = new HashMap<>();

  /**
   * A driver without clients.
   *
   * @param upstreams the upstreams as they are now
   * @param networks where connections may lead, as it is now
   * @param executor runs what the mesh does between attempts, what ends their time, for which some
   *     of its threads wait a little, and, for clients without an executor of their own, their body
   *     handlers, which may block; it must not run anything on the thread that gives it
   * @param whoSet the full key that a short one of an upstream was set by, and its source, as words
   */
  public JdkHttpMesh(
      Supplier<HttpUpstreams> upstreams,
      Resolver resolver,
      Supplier<AllowedNetworks> networks,
      Timers timers,
      Executor executor,
      BiFunction<UpstreamSettings, String, String> whoSet) {
    this.upstreams = upstreams;
    this.resolver = resolver;
    this.networks = networks;
    this.timers = timers;
    this.alarms = new PunctualAlarms(timers, executor);
    this.executor = executor;
    this.whoSet = whoSet;
  }

  /**
   * A client whose calls to upstreams go through the mesh and whose other calls are the given's.
   */
  public HttpClient wrap(HttpClient client) {
    if (probe.get() == null) {
      probe.compareAndSet(null, new JdkProbe(client, this));
    }
    return new WrappedClient(client, this);
  }

  /** Follows changed settings: looks up new servers ahead. */
  public void apply(Iterable<UpstreamSettings> settings) {
    synchronized (names) {
      Map<String, HeldNames> before = Map.copyOf(names);
      names.clear();
      for (UpstreamSettings upstream : settings) {
        HeldNames held = before.getOrDefault(upstream.name(), new HeldNames());
        held.apply(upstream.servers(), resolver);
        names.put(upstream.name(), held);
      }
    }
  }

  @Nullable HttpUpstream upstream(URI uri) {
    String host = uri.getHost();
    if (host == null || uri.getScheme() == null) {
      return null;
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : isHttps(uri) ? 443 : 80;
    String name = host.toLowerCase(Locale.ROOT);
    HttpUpstream upstream = upstreams.get().find(name, port);
    if (upstream != null) {
      upstream.calledAs(isHttps(uri) ? "https" : "http", name, port);
    }
    return upstream;
  }

  static boolean isHttps(URI uri) {
    return uri.getScheme().equalsIgnoreCase("https");
  }

  /** Makes health checks as the first wrapped client would; empty while there is none. */
  public Optional<HealthProbe> healthProbe() {
    return Optional.ofNullable(probe.get());
  }

  void opened(AttemptClients clients) {
    opened.add(clients);
  }

  /** Breaks off health checks and lets idle connections go; calls in flight finish. */
  @Override
  public void close() {
    JdkProbe probing = probe.get();
    if (probing != null) {
      probing.close();
    }
    synchronized (opened) {
      opened.forEach(AttemptClients::letGo);
    }
  }

  Resolver.Name name(Server server) {
    return resolver.name(server.host());
  }

  AllowedNetworks networks() {
    return networks.get();
  }

  Timers timers() {
    return timers;
  }

  Alarms alarms() {
    return alarms;
  }

  Executor executor() {
    return executor;
  }

  String whoSet(UpstreamSettings settings, String key) {
    return whoSet.apply(settings, key);
  }

  @Override
  public String toString() {
    return "JdkHttpMesh " + names;
  }
}
