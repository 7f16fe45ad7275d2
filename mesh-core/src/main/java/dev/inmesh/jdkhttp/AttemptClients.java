package dev.inmesh.jdkhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.inmesh.config.UpstreamSettings;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The clients that make the attempts of one wrapped client: the user's client without what the mesh
 * does itself, one for each connect timeout, which the JDK knows by client only. One that was not
 * used for a while is let go, which ends its thread. Safe for concurrent use.
 */
final class AttemptClients {

  /** How long one may be unused before it is let go. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /** How rarely one is replaced: the next one has to connect to all of its servers again. */
  static final long REPLACED_NANOS = 10_000_000_000L;

  private final HttpClient users;
  private final Cache<Duration, AttemptClient> byConnectTimeout =
      Caffeine.newBuilder().expireAfterAccess(IDLE).build();
  private @Nullable HttpClient beyond;
  private long replacedNanos = System.nanoTime() - REPLACED_NANOS;
  private volatile boolean shutDown;
  private volatile boolean stopped;

  AttemptClients(HttpClient users) {
    this.users = users;
  }

  /** The client that was wrapped. */
  HttpClient users() {
    return users;
  }

  /**
   * Lets go of the clients, which ends their threads and closes their connections when nothing is
   * in flight on them any more: before Java 21 there is no other way to close one.
   */
  synchronized void letGo() {
    byConnectTimeout.invalidateAll();
    beyond = null;
  }

  /**
   * Lets go of the client that has a dead connection, so that the next attempts get another one,
   * and with it new connections. What is in flight on it finishes. At most every 10 seconds.
   */
  synchronized void replace(Connections dead, long now) {
    if (now - replacedNanos >= REPLACED_NANOS
        && byConnectTimeout.asMap().values().removeIf(c -> c.connections() == dead)) {
      replacedNanos = now;
    }
  }

  /** Whether it was shut down, so that nothing new must start. */
  boolean isShutDown() {
    return shutDown;
  }

  /** Whether it was shut down without waiting for what is in flight. */
  boolean isStopped() {
    return stopped;
  }

  /** The client for attempts of a call with these settings. */
  AttemptClient client(UpstreamSettings settings) {
    return byConnectTimeout.get(connectTimeout(settings), this::build);
  }

  /** A key that is set overrules the client; the built-in second only shortens the client's own. */
  Duration connectTimeout(UpstreamSettings settings) {
    Duration own = settings.timeouts().connect();
    Optional<Duration> client = users.connectTimeout();
    return settings.timeouts().connectSet() || client.isEmpty() || client.get().compareTo(own) > 0
        ? own
        : client.get();
  }

  /**
   * The client for redirects out of the mesh where the networks are limited: directly to where the
   * URL says, and no further.
   */
  synchronized HttpClient beyond() {
    HttpClient built = beyond;
    if (built == null) {
      HttpClient.Builder builder = builder();
      users.connectTimeout().ifPresent(builder::connectTimeout);
      users.cookieHandler().ifPresent(builder::cookieHandler);
      built = builder.build();
      beyond = built;
    }
    return built;
  }

  private AttemptClient build(Duration connectTimeout) {
    // Cookies belong to the URL as called, which these clients don't know: see Cookies.
    return new AttemptClient(builder().connectTimeout(connectTimeout).build());
  }

  private HttpClient.Builder builder() {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(users.version())
            .sslContext(users.sslContext())
            .sslParameters(users.sslParameters())
            // A redirect may lead out of the upstream or into another one.
            .followRedirects(HttpClient.Redirect.NEVER)
            // The upstream's servers are reached directly, as from nginx.
            .proxy(HttpClient.Builder.NO_PROXY);
    users.executor().ifPresent(builder::executor);
    users.authenticator().ifPresent(builder::authenticator);
    return builder;
  }

  private synchronized List<HttpClient> all() {
    List<HttpClient> all = new ArrayList<>();
    byConnectTimeout.asMap().values().forEach(inner -> all.add(inner.client()));
    all.add(users);
    if (beyond != null) {
      all.add(beyond);
    }
    return all;
  }

  void shutdown() {
    shutDown = true;
    all().forEach(Ending::shutdown);
  }

  void shutdownNow() {
    stopped = true;
    shutDown = true;
    all().forEach(Ending::shutdownNow);
  }

  boolean isTerminated() {
    return all().stream().allMatch(Ending::isTerminated);
  }

  boolean awaitTermination(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    for (HttpClient client : all()) {
      if (!Ending.awaitTermination(client, Duration.ofNanos(end - System.nanoTime()))) {
        return false;
      }
    }
    return true;
  }
}
