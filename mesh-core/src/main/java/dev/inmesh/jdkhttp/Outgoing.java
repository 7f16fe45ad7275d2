package dev.inmesh.jdkhttp;

import dev.inmesh.http.DeadlineHeaders;
import dev.inmesh.http.HttpCall;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The user's request on its way to a server. The mesh asks the user's cookie handler itself: a
 * cookie belongs to the URL as called and goes to every server of the upstream.
 */
final class Outgoing {

  private final HttpRequest request;
  private final HttpCall call;
  private final Optional<CookieHandler> cookies;

  Outgoing(HttpRequest request, HttpCall call, Optional<CookieHandler> cookies) {
    this.request = request;
    this.call = call;
    this.cookies = cookies;
  }

  /**
   * The request as it goes to one server.
   *
   * @param left the time until it must have ended: the client's own timer, when it fires, says
   *     whether the connection was made
   * @throws IOException if the user's cookie handler does
   */
  RequestAt to(Server server, InetAddress address, Duration left, @Nullable BodyPublisher body)
      throws IOException {
    URI uri = ServerUri.of(request.uri(), server, address);
    return new RequestAt(uri, request, headers(left), Optional.of(left), Optional.ofNullable(body));
  }

  private HttpHeaders headers(Duration left) throws IOException {
    String host = HostHeader.of(call.settings(), request);
    String deadline = call.deadlineHeader();
    if (host == null && deadline.isEmpty() && cookies.isEmpty()) {
      return request.headers();
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(request.headers().map());
    if (host != null) {
      headers.put("Host", List.of(host));
    }
    if (!deadline.isEmpty()) {
      headers.put(deadline, List.of(DeadlineHeaders.write(deadline, left.toNanos())));
    }
    if (cookies.isPresent()) {
      List<String> values = new ArrayList<>(request.headers().allValues("Cookie"));
      cookies
          .get()
          .get(request.uri(), request.headers().map())
          .forEach(
              (name, more) -> {
                if (name.equalsIgnoreCase("Cookie")) {
                  values.addAll(more);
                }
              });
      headers.put("Cookie", values);
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** Gives the cookies of an answer to the user's handler. */
  void keepCookies(HttpHeaders answer) throws IOException {
    if (cookies.isPresent()) {
      cookies.get().put(request.uri(), answer.map());
    }
  }
}
