package dev.inmesh.jdkhttp;

import dev.inmesh.config.UpstreamSettings;
import java.net.URI;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The Host header of a request to an upstream. The JDK's client makes it from the URL, which names
 * the server; only a process started with {@code -Djdk.httpclient.allowRestrictedHeaders=host} may
 * say otherwise, and then the header is as called or as {@code host-header} says. Not over https:
 * HTTP/2 would still name the server, and two names that differ are an error there.
 */
final class HostHeader {

  private static final boolean MAY_BE_SET = mayBeSet();

  private HostHeader() {}

  private static boolean mayBeSet() {
    try {
      return !HttpRequest.newBuilder(URI.create("http://localhost/"))
          .header("Host", "localhost")
          .build()
          .headers()
          .map()
          .isEmpty();
    } catch (IllegalArgumentException restricted) {
      return false;
    }
  }

  /** The value to set, or null to leave it to the client. */
  static @Nullable String of(UpstreamSettings settings, HttpRequest request) {
    if (!MAY_BE_SET
        || JdkHttpMesh.isHttps(request.uri())
        || request.headers().firstValue("Host").isPresent()) {
      return null;
    }
    if (!settings.hostHeader().isEmpty()) {
      return settings.hostHeader();
    }
    URI uri = request.uri();
    boolean defaultPort = uri.getPort() < 0 || uri.getPort() == 80;
    return defaultPort ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  /** The key that this client can't keep for such a request, or null when it can keep all. */
  static @Nullable String keyBeyondReach(UpstreamSettings settings, URI uri) {
    boolean https = JdkHttpMesh.isHttps(uri);
    if (https && !settings.tlsName().isEmpty()) {
      return "tls-name";
    }
    return !settings.hostHeader().isEmpty() && (https || !MAY_BE_SET) ? "host-header" : null;
  }
}
