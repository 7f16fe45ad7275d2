package dev.inmesh.okhttp;

import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The clients that follow redirects out of the mesh: the user's, whose interceptors have run
 * already. Where the networks are limited, one that goes directly, to allowed addresses only, over
 * connections of its own, and follows no redirect by itself. Safe for concurrent use.
 */
final class OutsideClients {

  private record Guarded(AllowedNetworks networks, OkHttpClient client) {}

  private final OkHttpClient free;
  private final Supplier<AllowedNetworks> networks;
  private volatile @Nullable Guarded guarded;

  OutsideClients(OkHttpClient user, Supplier<AllowedNetworks> networks) {
    this.networks = networks;
    OkHttpClient.Builder builder = user.newBuilder();
    builder.interceptors().clear();
    this.free =
        builder
            .eventListener(EventListener.NONE)
            .callTimeout(Duration.ZERO)
            .dispatcher(new Dispatcher(user.dispatcher().executorService()))
            .build();
  }

  /** Whether redirects are to be followed one by one. */
  boolean areGuarded() {
    return networks.get().areLimited();
  }

  /**
   * The client for a URL.
   *
   * @throws OutsideNetworksException if the user's client would go through a proxy, for what that
   *     connects to can't be seen
   */
  OkHttpClient client(HttpUrl url) throws OutsideNetworksException {
    AllowedNetworks now = networks.get();
    if (!now.areLimited()) {
      return free;
    }
    if (isProxied(url)) {
      throw now.uncheckable(url.host() + " is behind a proxy of the client");
    }
    Guarded current = guarded;
    if (current == null || !current.networks.equals(now)) {
      if (current != null) {
        current.client.connectionPool().evictAll();
      }
      current = new Guarded(now, guarded());
      guarded = current;
    }
    return current.client;
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
    List<InetAddress> all = free.dns().lookup(host);
    List<InetAddress> allowed = networks.get().among(all);
    return allowed.isEmpty() ? all : allowed;
  }
}
