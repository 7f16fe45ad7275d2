package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.server.AddressLiteral;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;

/**
 * Sees to {@code mesh.allowed-networks} before the JDK's client gets a URL: it has no place for a
 * check of its own where it connects, so the URL must name the very address that was checked.
 */
final class Checked {

  private Checked() {}

  /**
   * The address of a server to connect to.
   *
   * @param known all addresses of the server, at least one
   * @throws OutsideNetworksException if none of them may be connected to
   * @throws MeshException if the client would look the server's name up again by itself
   */
  static InetAddress address(
      URI called, String upstream, Server server, List<InetAddress> known, AllowedNetworks networks)
      throws OutsideNetworksException, MeshException {
    // Over https the URL names the server as it is in the list: see ServerUri.
    if (networks.areLimited()
        && JdkHttpMesh.isHttps(called)
        && AddressLiteral.of(server.host()).isEmpty()) {
      throw Refusal.ofName(upstream, server, networks);
    }
    List<InetAddress> allowed = networks.among(known);
    if (allowed.isEmpty()) {
      throw networks.refusal(known.get(0), server.host(), server.port());
    }
    return allowed.get(0);
  }

  /**
   * Lets a redirect out of the mesh pass, or not.
   *
   * @throws OutsideNetworksException if it leads to an address outside, or one that can't be known
   */
  static void redirect(URI uri, HttpClient users, AllowedNetworks networks)
      throws OutsideNetworksException {
    if (!networks.areLimited()) {
      return;
    }
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    InetAddress address = AddressLiteral.of(host).orElse(null);
    if (address == null) {
      throw networks.uncheckable(host + " is resolved by java.net.http.HttpClient itself");
    }
    if (isProxied(uri, users)) {
      throw networks.uncheckable(host + " is behind a proxy of the client");
    }
    networks.check(
        address, host, uri.getPort() < 0 ? (JdkHttpMesh.isHttps(uri) ? 443 : 80) : uri.getPort());
  }

  private static boolean isProxied(URI uri, HttpClient users) {
    ProxySelector selector = users.proxy().orElseGet(ProxySelector::getDefault);
    return selector != null
        && selector.select(uri).stream().anyMatch(p -> p.type() != Proxy.Type.DIRECT);
  }
}
