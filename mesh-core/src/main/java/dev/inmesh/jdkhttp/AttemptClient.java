package dev.inmesh.jdkhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.inmesh.event.Failure;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.Server;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A client that makes attempts, and what is known of its connections: it shows them to nobody, so
 * answers and failures must tell. Safe for concurrent use.
 */
final class AttemptClient {

  /** How long it may be unused before it is let go. */
  static final Duration IDLE = Duration.ofMinutes(5);

  /** So many attempts in a row without an answer say that there is no connection any more. */
  private static final int UNANSWERED = 3;

  private final HttpClient client;

  /** Of each server that answered last over HTTP/2: how many attempts had no answer since then. */
  private final Cache<String, Integer> overHttp2 =
      Caffeine.newBuilder().expireAfterAccess(IDLE).build();

  AttemptClient(HttpClient client) {
    this.client = client;
  }

  HttpClient client() {
    return client;
  }

  /** A server has begun to answer. */
  void answered(Server server, HttpClient.Version version) {
    if (version != HttpClient.Version.HTTP_2) {
      overHttp2.invalidate(server.address());
    } else if (!Integer.valueOf(0).equals(overHttp2.getIfPresent(server.address()))) {
      overHttp2.put(server.address(), 0);
    }
  }

  /** An attempt at a server failed before the server began to answer. */
  void failed(Server server, Failure kind) {
    overHttp2
        .asMap()
        .computeIfPresent(
            server.address(),
            (address, before) ->
                Failures.wasSent(kind) && before + 1 < UNANSWERED ? before + 1 : null);
  }

  /**
   * The addresses of a server, once it can be connected to: what is done and no failure can be used
   * at once.
   *
   * <p>Over https the client looks the server's name up by itself, for each request, on a thread
   * that it blocks; only a connection of HTTP/2 is used without. There it would hang or fail as the
   * mesh's own look-up does, and the last good addresses are of no use to it.
   */
  CompletableFuture<List<InetAddress>> addresses(
      Resolver.Name name, URI called, Server server, long now) {
    List<InetAddress> known = name.addresses(now);
    boolean byAddress =
        !JdkHttpMesh.isHttps(called) || overHttp2.getIfPresent(server.address()) != null;
    if (byAddress && !known.isEmpty()) {
      return CompletableFuture.completedFuture(known);
    }
    return byAddress ? name.pending() : name.recent(now);
  }
}
