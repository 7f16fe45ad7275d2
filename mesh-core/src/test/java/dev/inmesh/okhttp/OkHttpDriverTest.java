package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

final class OkHttpDriverTest extends HttpDriverContract {

  @Override
  protected Client wrap(Mesh mesh) {
    return client(mesh);
  }

  static Client client(Mesh mesh) {
    return client(mesh.wrap(new OkHttpClient()));
  }

  static Client client(OkHttpClient http) {
    return (method, url, headers, body) -> reply(http, request(method, url, headers, body));
  }

  static Request request(String method, String url, Map<String, String> headers, String body) {
    Request.Builder request = new Request.Builder().url(url);
    headers.forEach(request::header);
    RequestBody sent =
        method.equals("POST") || method.equals("PUT") ? RequestBody.create(body, null) : null;
    return request.method(method, sent).build();
  }

  static Reply reply(OkHttpClient http, Request request) throws IOException {
    return reply(http.newCall(request).execute());
  }

  static Reply reply(Response answer) throws IOException {
    try (Response response = answer) {
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .forEach(h -> headers.put(h.getFirst().toLowerCase(Locale.ROOT), h.getSecond()));
      return new Reply(response.code(), headers, response.body().string());
    }
  }
}
