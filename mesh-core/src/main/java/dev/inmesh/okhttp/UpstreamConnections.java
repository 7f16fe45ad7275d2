package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.ListDifference;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
  private final Supplier<AllowedNetworks> networks;
  private final AllowedNetworks networksWhenMade;
  private volatile boolean closed;

  /** The servers that were told last; guarded by this. */
  private List<Server> listed = List.of();

  /**
   * @param networks where connections may lead, as it is now
   */
  UpstreamConnections(int keepalive, Resolver resolver, Supplier<AllowedNetworks> networks) {
    this.keepalive = keepalive;
    this.resolver = resolver;
    this.networks = networks;
    this.networksWhenMade = networks.get();
    this.pool = new ConnectionPool(keepalive, IDLE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Whether they can go on. With other networks they can't: an idle connection may lead out of
   * them.
   */
  boolean fit(UpstreamSettings settings) {
    return keepalive == settings.keepalive() && networksWhenMade.equals(networks.get());
  }

  ConnectionPool pool() {
    return pool;
  }

  Endpoint endpoint(Server server, String address) {
    Endpoint endpoint = endpoints.get(address);
    return endpoint != null
        ? endpoint
        : endpoints.computeIfAbsent(
            address, a -> new Endpoint(resolver.name(server.host()), networks));
  }

  /** From now on attempts on a server use none of the connections that they had by now. */
  void renew(String address, Endpoint before) {
    boolean unused = endpoints.replace(address, before, new Endpoint(before.name, networks));
  }

  /** Looks up new servers ahead, and forgets those that have left. */
  synchronized void apply(UpstreamSettings settings) {
    List<Server> now = settings.servers();
    ListDifference change = ListDifference.between(listed, now);
    listed = now;
    change.joined().forEach(server -> endpoint(server, server.address()));
    // One that changed has joined and left, and keeps its connections.
    Set<String> joined = addresses(change.joined());
    for (Server server : change.left()) {
      String address = server.address();
      if (!joined.contains(address)) {
        endpoints.remove(address);
      }
    }
    if (endpoints.size() != now.size()) {
      // Of a call that was planned before its server left.
      endpoints.keySet().retainAll(addresses(now));
    }
  }

  private static Set<String> addresses(List<Server> servers) {
    return servers.stream().map(Server::address).collect(Collectors.toSet());
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
   * connection to use again, so each server has one of its own for as long as it is in the list and
   * its connections are well.
   */
  static final class Endpoint implements Dns {

    private final Resolver.Name name;
    private final Supplier<AllowedNetworks> networks;
    private final OpenSockets sockets = new OpenSockets();

    Endpoint(Resolver.Name name, Supplier<AllowedNetworks> networks) {
      this.name = name;
      this.networks = networks;
    }

    Resolver.Name name() {
      return name;
    }

    OpenSockets sockets() {
      return sockets;
    }

    /** Those that may be connected to; all where none may, for {@link #check} to refuse. */
    List<InetAddress> addresses() throws UnknownHostException {
      List<InetAddress> addresses = name.addresses(System.nanoTime());
      if (addresses.isEmpty()) {
        throw new UnknownHostException(name + ": no address known yet");
      }
      List<InetAddress> allowed = networks.get().among(addresses);
      return allowed.isEmpty() ? addresses : allowed;
    }

    /** Refuses an address that must not be connected to. */
    void check(InetAddress address, int port) throws OutsideNetworksException {
      networks.get().check(address, name.toString(), port);
    }

    @Override
    public List<InetAddress> lookup(String hostname) throws UnknownHostException {
      return addresses();
    }
  }
}
