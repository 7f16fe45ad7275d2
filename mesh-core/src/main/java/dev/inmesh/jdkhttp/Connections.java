package dev.inmesh.jdkhttp;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.inmesh.event.Failure;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.Server;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the connections of a client that makes attempts: it shows them to nobody, so
 * answers and failures must tell. It doesn't know the client, which ends when nobody refers to it
 * any more, while its connections still refer to their last attempts. Safe for concurrent use.
 */
final class Connections {

  /** Each server that answered last over HTTP/2. */
  private final Cache<String, Http2Server> overHttp2 =
      Caffeine.newBuilder().expireAfterAccess(AttemptClients.IDLE).build();

  /**
   * A server has begun to answer.
   *
   * @return what is to be told when more of the answer comes; null but for HTTP/2
   */
  @Nullable Http2Server answered(Server server, HttpClient.Version version) {
    if (version != HttpClient.Version.HTTP_2) {
      overHttp2.invalidate(server.address());
      return null;
    }
    Http2Server known = overHttp2.get(server.address(), address -> new Http2Server());
    known.heard();
    return known;
  }

  /**
   * An attempt at a server failed before the server began to answer.
   *
   * @return whether the connection to it seems to be dead, which only another client will not use
   */
  boolean failed(Server server, Failure kind, long startNanos) {
    Http2Server known = overHttp2.getIfPresent(server.address());
    if (known == null) {
      return false;
    }
    if (!Failures.wasSent(kind)) {
      overHttp2.invalidate(server.address()); // There was none any more.
      return false;
    }
    if (kind == Failure.TIMEOUT) {
      known.timedOut(startNanos);
    }
    return known.isSilent();
  }

  private boolean hasConnection(Server server) {
    Http2Server known = overHttp2.getIfPresent(server.address());
    return known != null && !known.isSilent();
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
    boolean byAddress = !JdkHttpMesh.isHttps(called) || hasConnection(server);
    if (byAddress && !known.isEmpty()) {
      return CompletableFuture.completedFuture(known);
    }
    return byAddress ? name.pending() : name.recent(now);
  }
}
