package dev.inmesh.http;

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
        (hasPort(host) ? byHostAndPort : byHost).put(host, upstream);
      }
    }
    return new HttpUpstreams(Map.copyOf(byHost), Map.copyOf(byHostAndPort));
  }

  private static boolean hasPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon >= 0 && (host.indexOf(':') == colon || host.charAt(colon - 1) == ']');
  }

  /** The upstream that a URL with this host and port means, or null. */
  public @Nullable HttpUpstream find(String host, int port) {
    HttpUpstream upstream = byHost.get(host);
    if (upstream == null && !byHostAndPort.isEmpty()) {
      String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      upstream = byHostAndPort.get(bracketed + ":" + port);
    }
    return upstream;
  }
}
