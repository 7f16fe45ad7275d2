package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.HealthProbe;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.timer.Timers;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The OkHttp driver: wraps clients so that their calls to upstreams go through the mesh. Safe for
 * concurrent use.
 */
public final class OkHttpMesh implements AutoCloseable {

  /** OkHttp's own limits of asynchronous calls, which are meant for calls to strangers. */
  private static final int DEFAULT_MAX_REQUESTS = 64;

  private static final int DEFAULT_MAX_REQUESTS_PER_HOST = 5;

  /** What they are raised to: the limit of an upstream is {@code max-requests}. */
  private static final int RAISED_MAX_REQUESTS = 1024;

  private final Supplier<HttpUpstreams> upstreams;
  private final Resolver resolver;
  private final Supplier<AllowedNetworks> networks;
  private final Timers timers;
  private final Executor hedgeThreads;
  private final Map<String, UpstreamConnections> connections = new HashMap<>();
  private volatile Map<String, UpstreamConnections> published = Map.of();
  private final ExecutorService checkThreads;

  /** Of the wrapped clients that somebody still uses. */
  private final Set<OutsideClients> outside =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final AtomicReference<@Nullable OkHttpProbe> probe = new AtomicReference<>();

  /**
   * A driver without clients.
   *
   * @param upstreams the upstreams as they are now
   * @param networks where connections may lead, as it is now
   * @param timers tell when a hedge is due
   * @param hedgeThreads run it, and look names up that redirects lead to
   * @param checkThreads run the health checks, each of which may block until its timeout
   */
  public OkHttpMesh(
      Supplier<HttpUpstreams> upstreams,
      Resolver resolver,
      Supplier<AllowedNetworks> networks,
      Timers timers,
      Executor hedgeThreads,
      ExecutorService checkThreads) {
    this.upstreams = upstreams;
    this.resolver = resolver;
    this.networks = networks;
    this.timers = timers;
    this.hedgeThreads = hedgeThreads;
    this.checkThreads = checkThreads;
  }

  /**
   * A client whose calls to upstreams go through the mesh and whose other calls are the given
   * client's. It shares everything with the given client but the dispatcher, whose threads it
   * shares: at OkHttp's defaults, which allow 5 asynchronous calls to one host, it allows 1024.
   *
   * <p>To be called last: an interceptor that is added to the result runs for other hosts only, and
   * with another event listener calls of {@code enqueue} don't see the deadline of their thread.
   *
   * @throws IllegalStateException if the OkHttp on the class path is older than 5.4
   */
  public OkHttpClient wrap(OkHttpClient client) {
    requireOkHttp();
    AttemptClients clients = new AttemptClients(client, this::connections, timers, hedgeThreads);
    if (probe.get() == null) {
      probe.compareAndSet(null, new OkHttpProbe(client, this::connections, checkThreads));
    }
    OutsideClients beyond = new OutsideClients(client, networks, hedgeThreads);
    outside.add(beyond);
    EventListener.Factory users = client.eventListenerFactory();
    return client
        .newBuilder()
        .dispatcher(dispatcher(client.dispatcher()))
        .eventListenerFactory(call -> new CallListener(users.create(call)))
        .addInterceptor(new MeshInterceptor(upstreams, clients, beyond))
        .build();
  }

  /** Another version on the class path would fail somewhere in a call, with a riddle. */
  private static void requireOkHttp() {
    try {
      // New in 5.4, like all that the driver needs.
      Object unused = Interceptor.Chain.class.getMethod("getEventListener");
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(
          "inmesh needs OkHttp 5.4 or later; on the class path is "
              + OkHttpClient.class.getProtectionDomain().getCodeSource().getLocation()
              + "; depend on com.squareup.okhttp3:okhttp-jvm and exclude older ones",
          e);
    }
  }

  private static Dispatcher dispatcher(Dispatcher users) {
    Dispatcher dispatcher = new Dispatcher(users.executorService());
    dispatcher.setMaxRequests(
        users.getMaxRequests() == DEFAULT_MAX_REQUESTS
            ? RAISED_MAX_REQUESTS
            : users.getMaxRequests());
    dispatcher.setMaxRequestsPerHost(
        users.getMaxRequestsPerHost() == DEFAULT_MAX_REQUESTS_PER_HOST
            ? RAISED_MAX_REQUESTS
            : users.getMaxRequestsPerHost());
    dispatcher.setIdleCallback(users.getIdleCallback());
    return dispatcher;
  }

  /**
   * Follows changed settings: looks up new servers ahead, makes another pool if its size or the
   * networks changed.
   */
  public void apply(Iterable<UpstreamSettings> settings) {
    synchronized (connections) {
      Map<String, UpstreamConnections> before = Map.copyOf(connections);
      connections.clear();
      for (UpstreamSettings upstream : settings) {
        UpstreamConnections old = before.get(upstream.name());
        UpstreamConnections kept =
            old != null && old.fit(upstream)
                ? old
                : new UpstreamConnections(upstream.keepalive(), resolver, networks);
        kept.apply(upstream);
        connections.put(upstream.name(), kept);
      }
      published = Map.copyOf(connections);
      before.values().stream()
          .filter(c -> !connections.containsValue(c))
          .forEach(UpstreamConnections::close);
    }
    outside().forEach(OutsideClients::apply);
  }

  private List<OutsideClients> outside() {
    synchronized (outside) {
      return List.copyOf(outside);
    }
  }

  private UpstreamConnections connections(String upstream) {
    UpstreamConnections known = published.get(upstream);
    if (known != null) {
      return known;
    }
    // A call that was planned before its upstream was taken out of the configuration.
    return new UpstreamConnections(0, resolver, networks);
  }

  /** Makes health checks as the first wrapped client would; empty while there is none. */
  public Optional<HealthProbe> healthProbe() {
    return Optional.ofNullable(probe.get());
  }

  /** Closes the idle connections. Wrapped clients pass every call on from now on. */
  @Override
  public void close() {
    OkHttpProbe probing = probe.get();
    if (probing != null) {
      probing.close();
    }
    synchronized (connections) {
      connections.values().forEach(UpstreamConnections::close);
      connections.clear();
      published = Map.of();
    }
    outside().forEach(OutsideClients::close);
  }
}
