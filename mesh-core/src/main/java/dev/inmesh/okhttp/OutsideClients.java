package dev.inmesh.okhttp;

import dev.inmesh.http.Idempotence;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The clients that follow redirects out of the mesh: the user's, whose interceptors have run
 * already. Where the networks are limited, one that goes directly, to allowed addresses only, over
 * connections of its own, and follows no redirect by itself. Safe for concurrent use.
 */
final class OutsideClients {

  /**
   * How to follow a redirect.
   *
   * @param guarded whether the next one is to be looked at too; else the client follows it
   */
  record Way(OkHttpClient client, boolean guarded) {}

  private record Guarded(AllowedNetworks networks, OkHttpClient client) {}

  private final OkHttpClient free;
  private final OutsideDns dns;
  private final Supplier<AllowedNetworks> networks;
  private @Nullable Guarded guarded;

  /**
   * @param threads ask the user's name service
   */
  OutsideClients(OkHttpClient user, Supplier<AllowedNetworks> networks, Executor threads) {
    this.networks = networks;
    this.dns = new OutsideDns(user.dns(), threads);
    OkHttpClient.Builder builder = user.newBuilder();
    builder.interceptors().clear();
    builder.networkInterceptors().add(0, new RetryAfterGuard());
    this.free =
        builder
            .eventListener(EventListener.NONE)
            .callTimeout(Duration.ZERO)
            .dns(dns)
            .dispatcher(new Dispatcher(user.dispatcher().executorService()))
            .build();
  }

  /** The name service of all of them. */
  OutsideDns dns() {
    return dns;
  }

  /**
   * The way to where a request goes, under the networks as they are now.
   *
   * @throws OutsideNetworksException if the user's client would go through a proxy, for what that
   *     connects to can't be seen
   */
  Way way(Request request) throws OutsideNetworksException {
    AllowedNetworks now = networks.get();
    if (!now.areLimited()) {
      return new Way(forMethod(request, free), false);
    }
    HttpUrl url = request.url();
    if (isProxied(url)) {
      throw now.uncheckable(url.host() + " is behind a proxy of the client");
    }
    return new Way(forMethod(request, guarded(now)), true);
  }

  /** OkHttp would send any request again when a connection breaks under it, a POST too. */
  private static OkHttpClient forMethod(Request request, OkHttpClient client) {
    return Idempotence.of(request.method())
        ? client
        : client.newBuilder().retryOnConnectionFailure(false).build();
  }

  private synchronized OkHttpClient guarded(AllowedNetworks now) {
    Guarded current = guarded;
    if (current == null || !current.networks.equals(now)) {
      close();
      current = new Guarded(now, guarded());
      guarded = current;
    }
    return current.client;
  }

  /** Follows changed networks: an idle connection may lead out of them. */
  synchronized void apply() {
    Guarded current = guarded;
    if (current != null && !current.networks.equals(networks.get())) {
      close();
    }
  }

  /** Closes the idle connections that are of its own making. */
  synchronized void close() {
    Guarded current = guarded;
    guarded = null;
    if (current != null) {
      current.client.connectionPool().evictAll();
    }
  }

  private boolean isProxied(HttpUrl url) {
    Proxy fixed = free.proxy();
    if (fixed != null) {
      return fixed.type() != Proxy.Type.DIRECT;
    }
    URI uri = url.uri();
    // As OkHttp has it: without a host there is nothing to select by.
    List<Proxy> selected = uri.getHost() == null ? null : free.proxySelector().select(uri);
    return selected != null && selected.stream().anyMatch(p -> p.type() != Proxy.Type.DIRECT);
  }

  private OkHttpClient guarded() {
    return free.newBuilder()
        .proxy(Proxy.NO_PROXY)
        .dns(this::allowed)
        .socketFactory(new GuardedSockets(free.socketFactory(), networks))
        // An idle connection of the user's own pool may lead anywhere.
        .connectionPool(new ConnectionPool())
        .followRedirects(false)
        .followSslRedirects(false)
        .build();
  }

  /** Those that may be connected to; all where none may, for the socket to refuse. */
  private List<InetAddress> allowed(String host) throws UnknownHostException {
    List<InetAddress> all = dns.lookup(host);
    List<InetAddress> allowed = networks.get().among(all);
    return allowed.isEmpty() ? all : allowed;
  }
}
