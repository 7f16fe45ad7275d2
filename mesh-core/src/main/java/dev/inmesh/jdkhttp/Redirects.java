package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects as the JDK's client does, by the policy of the wrapped one. The mesh must do it
 * itself, between attempts: a redirect may lead to another server of the upstream, to another
 * upstream, or out of the mesh.
 */
final class Redirects {

  /** The JDK's own limit and the key that sets it: it follows one fewer. */
  static final int LIMIT = Integer.getInteger("jdk.httpclient.redirects.retrylimit", 5);

  /** What belongs to one origin and must not be told to another. */
  private static final Set<String> OF_THE_ORIGIN = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

  static {
    OF_THE_ORIGIN.addAll(Set.of("Authorization", "Cookie", "Host", "Origin", "Referer"));
  }

  private Redirects() {}

  /** The request that an answer redirects to, or null when it is to be handed out as it is. */
  static @Nullable HttpRequest next(
      HttpRequest request, int status, HttpHeaders headers, HttpClient.Redirect policy) {
    if (policy == HttpClient.Redirect.NEVER
        || (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)) {
      return null;
    }
    URI uri = target(request.uri(), headers.firstValue("Location"));
    if (uri == null || !mayFollow(request.uri(), uri, policy)) {
      return null;
    }
    String method = method(request.method(), status);
    Optional<BodyPublisher> body = request.bodyPublisher();
    boolean sendsBody = method.equals(request.method()) && body.isPresent();
    if (sendsBody && body.get().contentLength() < 0) {
      return null; // It may be a stream that was used up.
    }
    boolean sameOrigin = isSameOrigin(request.uri(), uri);
    HttpRequest.Builder next =
        HttpRequest.newBuilder(uri)
            .method(method, sendsBody ? body.get() : BodyPublishers.noBody())
            .expectContinue(request.expectContinue());
    if (!sendsBody && method.equals("GET")) {
      next.GET();
    }
    request.version().ifPresent(next::version);
    request
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              boolean ofTheBody = name.equalsIgnoreCase("Content-Type") && !sendsBody;
              if (!ofTheBody && (sameOrigin || !OF_THE_ORIGIN.contains(name))) {
                values.forEach(value -> next.header(name, value));
              }
            });
    return next.build();
  }

  private static @Nullable URI target(URI base, Optional<String> location) {
    try {
      URI uri = location.isEmpty() ? null : base.resolve(location.get());
      return uri == null || uri.getHost() == null ? null : uri;
    } catch (IllegalArgumentException notAUrl) {
      return null;
    }
  }

  private static boolean mayFollow(URI from, URI to, HttpClient.Redirect policy) {
    boolean http = to.getScheme().equalsIgnoreCase("http");
    boolean https = JdkHttpMesh.isHttps(to);
    boolean staysSafe = https || !JdkHttpMesh.isHttps(from);
    return (http || https) && (policy == HttpClient.Redirect.ALWAYS || staysSafe);
  }

  private static String method(String method, int status) {
    return switch (status) {
      case 301, 302 -> method.equals("POST") ? "GET" : method;
      case 303 -> method.equals("HEAD") ? method : "GET";
      default -> method;
    };
  }

  private static boolean isSameOrigin(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }
}
