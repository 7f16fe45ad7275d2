package dev.inmesh;

import dev.inmesh.call.Deadline;
import dev.inmesh.call.Fallback;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Reload;
import dev.inmesh.config.Snapshot;
import dev.inmesh.config.Sources;
import dev.inmesh.engine.EngineHost;
import dev.inmesh.http.DeadlineHeaders;
import dev.inmesh.server.ServerEntry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A service mesh inside this JVM: wraps the clients of a service so that their calls to upstreams
 * are balanced, bounded in time, tried again where that is safe, and answered by a default when
 * nothing helps.
 *
 * <pre>{@code
 * // -Dmesh.upstream.inventory.servers="10.0.0.3:5000 weight=5, 10.0.0.4:5000"
 * // -Dmesh.upstream.inventory.timeout=300ms
 * Mesh mesh = Mesh.fromSystemProperties();
 * OkHttpClient http = mesh.wrap(new OkHttpClient());
 * // calls to http://inventory/... go through the mesh, all others pass untouched
 * }</pre>
 *
 * Safe for concurrent use. A process needs one; {@link #global()} is it.
 */
public final class Mesh implements AutoCloseable {

  private final Configuration configuration;
  private final MeshRuntime runtime;
  private final Registrations registrations;

  private Mesh(Builder builder) {
    this.configuration = Configuration.open(builder.sources());
    this.runtime = new MeshRuntime(configuration, builder.registry, Map.copyOf(builder.fallbacks));
    this.registrations = new Registrations(configuration);
  }

  /** The one shared mesh of this process, made from the system properties at first use. */
  public static Mesh global() {
    return Global.MESH;
  }

  private static final class Global {
    static final Mesh MESH = fromSystemProperties();
  }

  /**
   * A mesh that is configured by the system properties and environment of this process, and follows
   * them.
   *
   * @throws dev.inmesh.config.MeshConfigException with all that is wrong with them
   */
  public static Mesh fromSystemProperties() {
    return builder().build();
  }

  /**
   * A mesh that is configured by these keys alone, as for a test.
   *
   * @throws dev.inmesh.config.MeshConfigException with all that is wrong with them
   */
  public static Mesh of(Map<String, String> keys) {
    return builder().properties(keys).onlyProperties().build();
  }

  /** For what keys can't say. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * A client whose calls to upstreams go through the mesh and whose other calls are the given
   * client's. Its interceptors, event listeners, cookies, caches and timeouts keep working.
   *
   * <p>To be called last: an interceptor that is added to the result runs for other hosts only, and
   * with another event listener calls of {@code enqueue} don't see the deadline of their thread.
   * The result has a dispatcher of its own on the given one's threads: where that has OkHttp's
   * default limits (64 asynchronous calls, 5 to one host), it allows 1024 of each.
   *
   * @throws IllegalStateException if the OkHttp on the class path is older than 5.4
   */
  public OkHttpClient wrap(OkHttpClient client) {
    return runtime.okHttp().wrap(client);
  }

  /**
   * A JDK HTTP client whose calls to upstreams go through the mesh and whose other calls, and web
   * sockets, are the given client's. Its cookies, authenticator, TLS, version, executor and
   * redirect policy hold for upstreams too; its proxy, its priority and its local address don't.
   *
   * <pre>{@code
   * java.net.http.HttpClient jdk = mesh.wrap(java.net.http.HttpClient.newHttpClient());
   * }</pre>
   *
   * <p>Servers are addressed by their own address, so the Host header and the TLS name are theirs:
   * a call to an upstream with {@code tls-name} or {@code host-header} fails with a message that
   * says what can be done. An instrumented client must wrap the result, not be wrapped.
   */
  public java.net.http.HttpClient wrap(java.net.http.HttpClient client) {
    return runtime.jdkHttp().wrap(client);
  }

  /**
   * Lets the deadline that an inbound request names hold in this thread, until the scope is closed:
   * for a servlet filter or a handler. Headers are those of {@code mesh.deadline.inbound-headers},
   * the earliest counts; a value that can't be understood is ignored, and none can lengthen what
   * holds already.
   *
   * <pre>{@code
   * try (Deadline.Scope page = mesh.openInboundDeadline(request::getHeader)) {
   *   chain.doFilter(request, response);
   * }
   * }</pre>
   *
   * @param header the value of a request header by its name, null when it is missing
   */
  public Deadline.Scope openInboundDeadline(Function<String, @Nullable String> header) {
    return DeadlineHeaders.read(configuration.current().settings().inboundDeadlineHeaders(), header)
        .map(Deadline::open)
        .orElseGet(() -> Deadline.replace(Deadline.current()));
  }

  /**
   * An upstream of the configuration.
   *
   * @throws IllegalArgumentException if there is none of this name; the message lists those there
   *     are
   */
  public Upstream upstream(String name) {
    return runtime.upstream(name);
  }

  /** All upstreams, by name. */
  public List<Upstream> upstreams() {
    return runtime.upstreams();
  }

  /**
   * Where the engines of mesh-jdbc run. Not for services: the package of the type is for that
   * module alone.
   */
  public EngineHost engineHost() {
    return runtime.hosted();
  }

  /**
   * Registers this service in a registry of the configuration, once {@link
   * Registration.Builder#start} is called: the other side of {@code discovery=<id>}.
   *
   * <p>It keeps the registry's keys as they are at the start. Closing the mesh takes it away
   * without waiting: close it before, so that clients see it drained.
   *
   * @param registry the id, as in {@code mesh.discovery.<id>}
   * @param service what the registry is to know the service by
   * @param entry the address that clients connect to, with the attributes of a server line, of
   *     which {@code drain} is not for you to set
   */
  public Registration.Builder registration(String registry, String service, ServerEntry entry) {
    return new Registration.Builder(registrations, registry, service, entry);
  }

  /**
   * Reads the configuration again, which otherwise happens every {@code
   * mesh.config.refresh-interval}. All or nothing: with a problem in it, the last good one stays.
   *
   * @return what changed, or the problems
   */
  public Reload reload() {
    return configuration.reload();
  }

  /**
   * The configuration that holds: every key that is set, its value, its source, what it shadows.
   */
  public Snapshot configuration() {
    return configuration.current();
  }

  /**
   * Ends the mesh's threads, closes its idle connections and removes the meters that no other mesh
   * in its registry has. Calls in flight finish; later calls of wrapped clients pass untouched.
   * Registrations that are still open are taken away.
   */
  @Override
  public void close() {
    registrations.close();
    runtime.close();
  }

  @Override
  public String toString() {
    return "Mesh v" + configuration.current().version() + " " + upstreams();
  }

  /** Builds a {@link Mesh}. Not safe for concurrent use. */
  public static final class Builder {

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, Fallback> fallbacks = new HashMap<>();
    private MeterRegistry registry = Metrics.globalRegistry;
    private boolean onlyProperties;

    private Builder() {}

    /**
     * A key, as the program's own setting: the file, the environment and the system properties
     * overrule it.
     */
    public Builder property(String key, String value) {
      properties.put(key, value);
      return this;
    }

    /** Several keys. */
    public Builder properties(Map<String, String> keys) {
      properties.putAll(keys);
      return this;
    }

    private Builder onlyProperties() {
      onlyProperties = true;
      return this;
    }

    /**
     * Where the meters go; by default Micrometer's global registry. Of several meshes on one
     * registry, counts are summed and gauges show the first one's; each meter stays until the last
     * mesh that has it is closed.
     */
    public Builder meterRegistry(MeterRegistry meterRegistry) {
      registry = meterRegistry;
      return this;
    }

    /**
     * What answers failed calls of the upstream, after a stale answer and before the default, where
     * those are configured.
     *
     * @throws IllegalStateException if the upstream has one already
     */
    public Builder fallback(String upstream, Fallback fallback) {
      if (fallbacks.putIfAbsent(upstream, fallback) != null) {
        throw new IllegalStateException("fallback of " + upstream + " was set before");
      }
      return this;
    }

    private Sources sources() {
      return onlyProperties ? Sources.of(properties) : Sources.ofSystem(properties);
    }

    /**
     * Builds the mesh and starts it.
     *
     * @throws dev.inmesh.config.MeshConfigException with all that is wrong with the configuration
     */
    public Mesh build() {
      return new Mesh(this);
    }
  }
}
