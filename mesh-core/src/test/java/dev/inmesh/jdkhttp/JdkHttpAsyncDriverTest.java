package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.call.Phase;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeAll;

/** The contract, by {@code sendAsync}. */
final class JdkHttpAsyncDriverTest extends HttpDriverContract {

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
    return (method, url, headers, body) ->
        reply(http, JdkHttpDriverTest.request(method, url, headers, body));
  }

  static Reply reply(HttpClient http, HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<String>> sent = http.sendAsync(request, BodyHandlers.ofString());
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException(); // The future doesn't look when it is done already.
      }
      return JdkHttpDriverTest.reply(sent.get());
    } catch (InterruptedException e) {
      boolean unused = sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected int posts() {
    return 2_000;
  }

  @Override
  protected Phase phaseOfAHangingHandshake() {
    return Phase.CONNECT;
  }
}
