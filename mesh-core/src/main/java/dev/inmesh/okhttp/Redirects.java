package dev.inmesh.okhttp;

import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects as OkHttp does (RFC 9110, 15.4). The mesh must do it itself, between attempts:
 * a redirect may lead to another server of the upstream, to another upstream, or out of the mesh.
 */
final class Redirects {

  /** As many as OkHttp follows. */
  static final int MAX = 20;

  private Redirects() {}

  /**
   * The request that an answer redirects to, or null when it is to be handed out as it is.
   *
   * @param followSsl whether a change between http and https is followed
   */
  static @Nullable Request next(Request request, Response response, boolean followSsl) {
    int status = response.code();
    if (status != 300
        && status != 301
        && status != 302
        && status != 303
        && status != 307
        && status != 308) {
      return null;
    }
    String location = response.header("Location");
    HttpUrl url = location == null ? null : request.url().resolve(location);
    if (url == null || (!url.scheme().equals(request.url().scheme()) && !followSsl)) {
      return null;
    }
    Request.Builder next = request.newBuilder().url(url);
    RequestBody body = request.body();
    boolean keepsMethod = status == 307 || status == 308;
    if (keepsMethod) {
      if (body != null && body.isOneShot()) {
        return null;
      }
    } else if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      next.method("GET", null);
      next.removeHeader("Transfer-Encoding");
      next.removeHeader("Content-Length");
      next.removeHeader("Content-Type");
    }
    if (!isSameOrigin(url, request.url())) {
      next.removeHeader("Authorization");
    }
    return next.build();
  }

  private static boolean isSameOrigin(HttpUrl a, HttpUrl b) {
    return a.host().equals(b.host()) && a.port() == b.port() && a.scheme().equals(b.scheme());
  }
}
