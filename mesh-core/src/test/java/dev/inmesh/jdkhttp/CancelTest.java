package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.Answer;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call that its caller ends, ends, wherever it is, and blames nobody. */
@Timeout(60)
final class CancelTest extends LoopbackFixture {

  private static final HttpRequest GET =
      HttpRequest.newBuilder(URI.create("http://inventory/v1")).build();

  private static void assertNobodyIsBlamed(Mesh mesh) throws InterruptedException {
    assertQuiet(mesh);
    assertThat(mesh.upstream("inventory").servers()).allMatch(s -> s.reason().isEmpty());
  }

  @Test
  void aCancelledCallIsCancelledAtTheServerToo() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging, "fallback", "default");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    CompletableFuture<HttpResponse<String>> call = http.sendAsync(GET, BodyHandlers.ofString());
    await(() -> hanging.requests.size() == 1);

    assertThat(call.cancel(true)).isTrue();

    assertThatThrownBy(call::get).isInstanceOf(CancellationException.class);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertNobodyIsBlamed(mesh);
  }

  @Test
  void aStageMadeFromTheCallCancelsIt() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging);
    CompletableFuture<HttpResponse<String>> call =
        mesh.wrap(HttpClient.newHttpClient()).sendAsync(GET, BodyHandlers.ofString());
    CompletableFuture<String> body = call.thenApply(HttpResponse::body);
    await(() -> hanging.requests.size() == 1);

    assertThat(body.cancel(true)).isTrue();

    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .isInstanceOf(CancellationException.class);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertNobodyIsBlamed(mesh);
  }

  @Test
  void aCancelThatMustNotInterruptLetsTheCallRun() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    LoopbackServer server =
        server(
            e -> {
              go.await();
              boolean kept = e.reply(200, "well");
              answered.countDown();
              return kept;
            });
    Mesh mesh = mesh(server);
    CompletableFuture<HttpResponse<String>> call =
        mesh.wrap(HttpClient.newHttpClient()).sendAsync(GET, BodyHandlers.ofString());
    await(() -> server.requests.size() == 1);

    assertThat(call.cancel(false)).isTrue();
    go.countDown();

    assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    assertNobodyIsBlamed(mesh);
    assertThat(mesh.upstream("inventory").servers().get(0).latency()).isPositive();
  }

  @Test
  void aBodyThatIsCollectedIsCancelledToo() throws Exception {
    for (int length : new int[] {1_000, 1_000_000}) {
      LoopbackServer stalling =
          server(
              e -> {
                try {
                  e.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nx");
                } catch (IOException closed) {
                  e.server().peerHasClosed();
                }
                return e.hang();
              });
      Mesh mesh = mesh(stalling);
      CountDownLatch reading = new CountDownLatch(1);
      CompletableFuture<HttpResponse<String>> call =
          mesh.wrap(HttpClient.newHttpClient())
              .sendAsync(
                  GET,
                  head -> {
                    reading.countDown();
                    return BodyHandlers.ofString().apply(head);
                  });
      await(() -> stalling.requests.size() == 1);
      if (length == 1_000_000) {
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
      }

      assertThat(call.cancel(true)).isTrue();

      assertThat(stalling.awaitClosedByPeer()).isTrue();
      assertNobodyIsBlamed(mesh);
    }
  }

  @Test
  void aCallCancelledWhileItWaitsForItsRetryEnds() throws Exception {
    LoopbackServer bad = server(e -> e.reply(503, "busy"));
    Mesh mesh = mesh(bad, "retry.backoff", "30s", "timeout", "60s");
    CompletableFuture<HttpResponse<String>> call =
        mesh.wrap(HttpClient.newHttpClient()).sendAsync(GET, BodyHandlers.ofString());
    await(() -> mesh.upstream("inventory").servers().get(0).inFlight() == 0);
    await(() -> bad.requests.size() == 1);

    assertThat(call.cancel(true)).isTrue();

    assertQuiet(mesh);
    assertThat(bad.requests).hasSize(1);
  }

  @Test
  void aFallbackInCodeIsInterruptedWhenNobodyWaitsAnyMore() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Mesh mesh =
        Mesh.builder()
            .properties(keys("127.0.0.1:" + closedPort(), "timeout", "60s"))
            .fallback(
                "inventory",
                failed -> {
                  running.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return Answer.of(200, "", "late");
                })
            .build();
    open.add(mesh);
    CompletableFuture<HttpResponse<String>> call =
        mesh.wrap(HttpClient.newHttpClient()).sendAsync(GET, BodyHandlers.ofString());
    assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();

    assertThat(call.cancel(true)).isTrue();

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertQuiet(mesh);
  }

  @Test
  void anInterruptedSendThrowsWhatTheClientThrowsAndCancels() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging, "fallback", "default");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                http.send(GET, BodyHandlers.ofString());
              } catch (Exception e) {
                thrown.set(e);
              }
            });
    caller.start();
    await(() -> hanging.requests.size() == 1);

    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertNobodyIsBlamed(mesh);
  }

  @Test
  void cancelsAtAnyTimeLeaveNothingBehind() throws Exception {
    LoopbackServer server =
        server(
            e ->
                switch (Math.floorMod(e.path().hashCode(), 4)) {
                  case 0 -> e.reply(200, "small");
                  case 1 -> e.reply(200, "x".repeat(100_000));
                  case 2 -> e.reply(503, "busy");
                  default -> e.reset();
                });
    Mesh mesh =
        mesh(
            List.of(server, server(e -> e.reply(200, "well"))),
            "outlier.mode",
            "off",
            "breaker.enabled",
            "false",
            "budget",
            "100%",
            "fallback",
            "default");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    Random random = new Random(7);
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();

    for (int i = 0; i < 2_000; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://inventory/" + random.nextInt())).build();
      calls.add(http.sendAsync(request, BodyHandlers.ofString()));
      if (calls.size() == 20) {
        calls.remove(random.nextInt(20)).cancel(true);
      }
    }
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    assertQuiet(mesh);
  }
}
