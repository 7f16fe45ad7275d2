package dev.inmesh.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All upstreams by the host names that mean them; immutable. */
public final class HttpUpstreams {

  /** No upstream. */
  public static final HttpUpstreams NONE = new HttpUpstreams(Map.of(), Map.of());

  private final Map<String, HttpUpstream> byHost;
  private final Map<String, HttpUpstream> byHostAndPort;

  private HttpUpstreams(Map<String, HttpUpstream> byHost, Map<String, HttpUpstream> byHostAndPort) {
    this.byHost = byHost;
    this.byHostAndPort = byHostAndPort;
  }

  /**
   * Upstreams by their names and their {@code hosts}. A host with a port means calls to that port
   * only.
   */
  public static HttpUpstreams of(Iterable<HttpUpstream> upstreams) {
    Map<String, HttpUpstream> byHost = new HashMap<>();
    Map<String, HttpUpstream> byHostAndPort = new HashMap<>();
    for (HttpUpstream upstream : upstreams) {
      byHost.put(upstream.engine().settings().name(), upstream);
      for (String host : upstream.engine().settings().hosts()) {
        int port = portAt(host);
        if (port < 0) {
          byHost.put(canonical(host), upstream);
        } else {
          byHostAndPort.put(canonical(host.substring(0, port)) + host.substring(port), upstream);
        }
      }
    }
    return new HttpUpstreams(Map.copyOf(byHost), Map.copyOf(byHostAndPort));
  }

  /** Where {@code :port} begins, or -1. */
  private static int portAt(String host) {
    int colon = host.lastIndexOf(':');
    return colon > 0 && (host.indexOf(':') == colon || host.charAt(colon - 1) == ']') ? colon : -1;
  }

  /** One spelling for each IPv6 address, without brackets; every other host as it is. */
  private static String canonical(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (bare.indexOf(':') < 0) {
      return host;
    }
    try {
      return InetAddress.getByName(bare).getHostAddress(); // A literal: nothing is looked up.
    } catch (UnknownHostException notAnAddress) {
      return host;
    }
  }

  /** The upstream that a URL with this host and port means, or null. */
  public @Nullable HttpUpstream find(String host, int port) {
    String name = host.indexOf(':') < 0 ? host : canonical(host);
    HttpUpstream upstream = byHost.get(name);
    return upstream != null || byHostAndPort.isEmpty()
        ? upstream
        : byHostAndPort.get(name + ":" + port);
  }
}
