package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Lease;
import dev.inmesh.okhttp.UpstreamConnections.Endpoint;
import dev.inmesh.timer.Timers;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;

/**
 * The clients that make the attempts of one wrapped client: the user's client without what the mesh
 * does itself, one for each server and each set of settings. Safe for concurrent use.
 */
final class AttemptClients {

  /** How an attempt reaches one server, and the client that connects to it. */
  record Target(
      String address, Endpoint endpoint, UpstreamConnections connections, OkHttpClient client) {

    /** Its connections are not to be used again. */
    void renew() {
      connections.renew(address, endpoint);
    }
  }

  /** The targets of one route under one set of settings. */
  private record Generation(
      UpstreamSettings settings,
      UpstreamConnections connections,
      ConcurrentHashMap<String, Target> byAddress) {}

  private final OkHttpClient base;
  private final Function<String, UpstreamConnections> connections;
  private final Timers timers;
  private final Executor hedgeThreads;
  private final ConcurrentHashMap<String, Generation> generations = new ConcurrentHashMap<>();

  AttemptClients(
      OkHttpClient user,
      Function<String, UpstreamConnections> connections,
      Timers timers,
      Executor hedgeThreads) {
    this.connections = connections;
    this.timers = timers;
    this.hedgeThreads = hedgeThreads;
    OkHttpClient.Builder builder = user.newBuilder();
    // They have run already, round the whole call.
    builder.interceptors().clear();
    builder.networkInterceptors().add(0, new RetryAfterGuard());
    // Retries are the mesh's: within its budget, on another server, never a POST twice.
    builder.retryOnConnectionFailure(false).fastFallback(false);
    // A redirect may lead out of the upstream or into another one.
    builder.followRedirects(false).followSslRedirects(false);
    // The upstream's servers are reached directly, as from nginx.
    builder.proxy(Proxy.NO_PROXY);
    builder.eventListener(EventListener.NONE).callTimeout(Duration.ZERO);
    // A queue of its own, which counts calls but never starts a thread: attempts are synchronous.
    builder.dispatcher(new Dispatcher(user.dispatcher().executorService()));
    this.base = builder.build();
  }

  /** When hedges are due. */
  Timers timers() {
    return timers;
  }

  /** What they run on. */
  Executor hedgeThreads() {
    return hedgeThreads;
  }

  /** The target of an attempt, with the timeouts that the user's interceptors may have changed. */
  Target target(UpstreamSettings settings, Lease lease, Interceptor.Chain chain) {
    Generation generation = generation(settings);
    Endpoint endpoint = generation.connections.endpoint(lease.server(), lease.address());
    Target target = generation.byAddress.get(lease.address());
    if (target == null || target.endpoint != endpoint) {
      target = build(generation, lease, endpoint);
      generation.byAddress.put(lease.address(), target);
    }
    return hasTimeoutsOf(chain)
        ? target
        : new Target(
            target.address,
            target.endpoint,
            target.connections,
            withTimeouts(target.client, settings, chain));
  }

  private boolean hasTimeoutsOf(Interceptor.Chain chain) {
    return chain.connectTimeoutMillis() == base.connectTimeoutMillis()
        && chain.readTimeoutMillis() == base.readTimeoutMillis()
        && chain.writeTimeoutMillis() == base.writeTimeoutMillis();
  }

  private static OkHttpClient withTimeouts(
      OkHttpClient client, UpstreamSettings settings, Interceptor.Chain chain) {
    int connect = connectMillis(settings, chain.connectTimeoutMillis());
    int read = readMillis(settings, chain.readTimeoutMillis());
    int write = chain.writeTimeoutMillis();
    return client
        .newBuilder()
        .connectTimeout(Duration.ofMillis(connect))
        .readTimeout(Duration.ofMillis(read))
        .writeTimeout(Duration.ofMillis(write))
        .build();
  }

  private Generation generation(UpstreamSettings settings) {
    String key = settings.displayName();
    UpstreamConnections current = connections.apply(settings.name());
    Generation generation = generations.get(key);
    if (generation == null
        || !isSame(generation.settings, settings)
        || generation.connections != current) {
      generations.values().removeIf(old -> old.connections.isClosed());
      generation = new Generation(settings, current, new ConcurrentHashMap<>());
      generations.put(key, generation);
    }
    return generation;
  }

  @SuppressWarnings("ReferenceEquality") // A reload keeps the object of what didn't change.
  private static boolean isSame(UpstreamSettings a, UpstreamSettings b) {
    return a == b;
  }

  private Target build(Generation generation, Lease lease, Endpoint endpoint) {
    UpstreamSettings settings = generation.settings;
    OkHttpClient.Builder builder =
        base.newBuilder()
            .dns(endpoint)
            .socketFactory(new ServerSockets(base.socketFactory(), endpoint, lease.server().port()))
            .connectionPool(generation.connections.pool())
            .connectTimeout(Duration.ofMillis(connectMillis(settings, base.connectTimeoutMillis())))
            .readTimeout(Duration.ofMillis(readMillis(settings, base.readTimeoutMillis())));
    NamedTls.use(settings.tlsName(), base, builder);
    return new Target(lease.address(), endpoint, generation.connections, builder.build());
  }

  /** A key that is set overrules the client; the built-in second only shortens the client's own. */
  private static int connectMillis(UpstreamSettings settings, int client) {
    int own = (int) settings.timeouts().connect().toMillis();
    return settings.timeouts().connectSet() || client == 0 ? own : Math.min(own, client);
  }

  private static int readMillis(UpstreamSettings settings, int client) {
    return settings.timeouts().read().map(read -> (int) read.toMillis()).orElse(client);
  }
}
