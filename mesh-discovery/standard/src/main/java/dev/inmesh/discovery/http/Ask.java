package dev.inmesh.discovery.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/** What a registry is asked. Immutable. */
public final class Ask {

  private static final MediaType JSON = MediaType.get("application/json");

  private final String method;
  private final List<String> path;
  private final List<Pair> query;
  private final List<Pair> headers;
  private final byte[] body;
  private final Duration extra;

  private record Pair(String name, String value) {}

  private Ask(
      String method,
      List<String> path,
      List<Pair> query,
      List<Pair> headers,
      byte[] body,
      Duration extra) {
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
    this.extra = extra;
  }

  /** A GET of a path, each segment as it is meant: {@code a/b} is one segment. */
  public static Ask get(String... path) {
    return new Ask("GET", List.of(path), List.of(), List.of(), new byte[0], Duration.ZERO);
  }

  /** A request with another method and a body of JSON, which may be empty. */
  public static Ask send(String method, byte[] json, String... path) {
    return new Ask(method, List.of(path), List.of(), List.of(), json.clone(), Duration.ZERO);
  }

  /** The same with a parameter more; an empty value leaves it out. */
  public Ask query(String name, String value) {
    return value.isEmpty()
        ? this
        : new Ask(method, path, plus(query, name, value), headers, body, extra);
  }

  /** The same with a parameter more that says something by being there. */
  public Ask flag(String name) {
    return new Ask(method, path, plus(query, name, ""), headers, body, extra);
  }

  /** The same with a header more. */
  public Ask header(String name, String value) {
    return new Ask(method, path, query, plus(headers, name, value), body, extra);
  }

  /** The same, of which the answer may take so much longer, since it is asked to wait. */
  public Ask waiting(Duration time) {
    return new Ask(method, path, query, headers, body, time);
  }

  private static List<Pair> plus(List<Pair> pairs, String name, String value) {
    List<Pair> more = new ArrayList<>(pairs);
    more.add(new Pair(name, value));
    return List.copyOf(more);
  }

  /** Two dots would ask for something else. */
  private static String name(String segment) {
    if (segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException("'" + segment + "' is no name");
    }
    return segment;
  }

  Duration extra() {
    return extra;
  }

  Request.Builder request(HttpUrl base) {
    HttpUrl.Builder url = base.newBuilder();
    path.forEach(segment -> url.addPathSegment(name(segment)));
    query.forEach(
        pair -> url.addQueryParameter(pair.name(), pair.value().isEmpty() ? null : pair.value()));
    Request.Builder request = new Request.Builder().url(url.build());
    headers.forEach(pair -> request.header(pair.name(), pair.value()));
    request.header("Accept", "application/json");
    return request.method(method, method.equals("GET") ? null : RequestBody.create(body, JSON));
  }
}
