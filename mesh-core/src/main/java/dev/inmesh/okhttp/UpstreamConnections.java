package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.ConnectionPool;
import okhttp3.Dns;

/**
 * The connections of one upstream, shared by all wrapped clients: one pool for {@code keepalive}
 * idle ones, and one {@link Endpoint} for each server. Safe for concurrent use.
 */
final class UpstreamConnections {

  /** nginx keeps an idle connection for 60 s; so do we. */
  private static final long IDLE_SECONDS = 60;

  private final Resolver resolver;
  private final ConcurrentHashMap<String, Endpoint> endpoints = new ConcurrentHashMap<>();
  private final ConnectionPool pool;
  private final int keepalive;
  private volatile boolean closed;

  UpstreamConnections(int keepalive, Resolver resolver) {
    this.keepalive = keepalive;
    this.resolver = resolver;
    this.pool = new ConnectionPool(keepalive, IDLE_SECONDS, TimeUnit.SECONDS);
  }

  int keepalive() {
    return keepalive;
  }

  ConnectionPool pool() {
    return pool;
  }

  Endpoint endpoint(Server server, String address) {
    Endpoint endpoint = endpoints.get(address);
    return endpoint != null
        ? endpoint
        : endpoints.computeIfAbsent(address, a -> new Endpoint(resolver.name(server.host())));
  }

  /** Looks up new servers ahead, and forgets those that have left. */
  void apply(UpstreamSettings settings) {
    settings.servers().forEach(server -> endpoint(server, server.address()));
    Set<String> addresses =
        settings.servers().stream().map(Server::address).collect(Collectors.toSet());
    endpoints.keySet().retainAll(addresses);
  }

  /** Closes what is idle; what is in use is closed when it is released. */
  void close() {
    closed = true;
    pool.evictAll();
    endpoints.clear();
  }

  boolean isClosed() {
    return closed;
  }

  /** A connection has become idle. */
  void released() {
    if (closed) {
      pool.evictAll();
    }
  }

  /**
   * One server as OkHttp's pool sees it. It compares the {@link Dns} object when it looks for a
   * connection to use again, so each server has one of its own for as long as it is in the list.
   */
  static final class Endpoint implements Dns {

    private final Resolver.Name name;

    Endpoint(Resolver.Name name) {
      this.name = name;
    }

    Resolver.Name name() {
      return name;
    }

    List<InetAddress> addresses() throws UnknownHostException {
      List<InetAddress> addresses = name.addresses(System.nanoTime());
      if (addresses.isEmpty()) {
        throw new UnknownHostException(name + ": no address known yet");
      }
      return addresses;
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
      return addresses();
    }
  }
}
