package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.call.Phase;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;

/** The contract, by {@code send}. */
final class JdkHttpDriverTest extends HttpDriverContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected Client wrap(Mesh mesh) {
    return client(mesh);
  }

  static Client client(Mesh mesh) {
    HttpClient http =
        mesh.wrap(HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build());
    return (method, url, headers, body) -> {
      try {
        return reply(http.send(request(method, url, headers, body), BodyHandlers.ofString()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    };
  }

  @Override
  protected Phase phaseOfAHangingHandshake() {
    return Phase.CONNECT; // The client has one time for both, and doesn't say which it was.
  }

  static HttpRequest request(String method, String url, Map<String, String> headers, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    headers.forEach(request::header);
    return request
        .method(
            method,
            method.equals("POST") || method.equals("PUT")
                ? BodyPublishers.ofString(body)
                : BodyPublishers.noBody())
        .build();
  }

  static Reply reply(HttpResponse<String> response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    return new Reply(response.statusCode(), headers, response.body());
  }
}
