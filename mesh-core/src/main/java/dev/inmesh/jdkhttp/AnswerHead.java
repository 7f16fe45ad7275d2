package dev.inmesh.jdkhttp;

import dev.inmesh.event.Source;
import dev.inmesh.http.LocalAnswer;
import dev.inmesh.http.MeshHeaders;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is known of an answer before its body, as the user gets to see it. Immutable. */
record AnswerHead(int statusCode, HttpHeaders headers, HttpClient.Version version)
    implements HttpResponse.ResponseInfo {

  /** Of an answer that a server gave. */
  static AnswerHead live(HttpResponse<?> response, Source source, String server) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(response.headers().map());
    headers.put(MeshHeaders.SOURCE, List.of(source.tag()));
    headers.put(MeshHeaders.SERVER, List.of(server));
    return new AnswerHead(response.statusCode(), headers(headers), response.version());
  }

  /** Of an answer that came from this process. */
  static AnswerHead local(LocalAnswer answer) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < answer.headers().size(); i += 2) {
      headers
          .computeIfAbsent(answer.headers().get(i), name -> new ArrayList<>())
          .add(answer.headers().get(i + 1));
    }
    headers.put(MeshHeaders.SOURCE, List.of(answer.sourceHeader()));
    headers.remove(MeshHeaders.SERVER);
    return new AnswerHead(answer.status(), headers(headers), HttpClient.Version.HTTP_1_1);
  }

  private static HttpHeaders headers(Map<String, List<String>> headers) {
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** The values of a header, joined by commas; null when it is missing. */
  static @org.jspecify.annotations.Nullable String joined(HttpHeaders headers, String name) {
    List<String> values = headers.allValues(name);
    return values.isEmpty() ? null : String.join(",", values);
  }
}
