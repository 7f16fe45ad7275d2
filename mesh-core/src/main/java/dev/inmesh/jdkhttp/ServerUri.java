package dev.inmesh.jdkhttp;

import dev.inmesh.server.Server;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;

/**
 * The URL of a request at one server. Over http it names the address that was resolved ahead; over
 * https the server's host as it is in the list, since TLS goes by what the URL names.
 */
final class ServerUri {

  private ServerUri() {}

  static URI of(URI called, Server server, InetAddress address) {
    boolean https = JdkHttpMesh.isHttps(called);
    StringBuilder uri = new StringBuilder(64).append(https ? "https://" : "http://");
    uri.append(https ? server.address() : literal(address) + ":" + server.port());
    if (called.getRawPath() != null) {
      uri.append(called.getRawPath());
    }
    if (called.getRawQuery() != null) {
      uri.append('?').append(called.getRawQuery());
    }
    return URI.create(uri.toString());
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    if (!(address instanceof Inet6Address)) {
      return text;
    }
    int scope = text.indexOf('%');
    return "[" + (scope < 0 ? text : text.substring(0, scope)) + "]";
  }
}
