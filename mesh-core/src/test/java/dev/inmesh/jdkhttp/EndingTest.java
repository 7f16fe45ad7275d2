package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.inmesh.Mesh;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wrapped client can be ended where the JDK's own can, since Java 21. */
@Timeout(60)
final class EndingTest extends LoopbackFixture {

  private static final HttpRequest GET =
      HttpRequest.newBuilder(URI.create("http://inventory/v1")).build();

  @BeforeEach
  void needsJava21() {
    assumeThat(Runtime.version().feature()).as("skipped before Java 21").isGreaterThanOrEqualTo(21);
  }

  @Test
  void afterAShutdownCallsInFlightFinishAndNewOnesAreRefused() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    LoopbackServer server =
        server(
            e -> {
              go.await();
              return e.reply(200, "well");
            });
    Mesh mesh = mesh(server);
    WrappedClient http = (WrappedClient) mesh.wrap(HttpClient.newHttpClient());
    CompletableFuture<HttpResponse<String>> call = http.sendAsync(GET, BodyHandlers.ofString());
    await(() -> server.requests.size() == 1);

    http.shutdown();

    assertThat(http.awaitTermination(Duration.ofMillis(1))).isFalse();
    assertThat(http.isTerminated()).isFalse();
    assertThatThrownBy(() -> http.send(GET, BodyHandlers.ofString()))
        .isInstanceOf(IOException.class)
        .hasMessage("closed");
    go.countDown();
    assertThat(call.get(20, TimeUnit.SECONDS).body()).isEqualTo("well");
    assertThat(http.awaitTermination(Duration.ofSeconds(20))).isTrue();
    assertThat(http.isTerminated()).isTrue();
    assertQuiet(mesh);
  }

  @Test
  void shutdownNowEndsCallsAndBlamesNobody() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging, "fallback", "default");
    WrappedClient http = (WrappedClient) mesh.wrap(HttpClient.newHttpClient());
    CompletableFuture<HttpResponse<String>> call = http.sendAsync(GET, BodyHandlers.ofString());
    await(() -> hanging.requests.size() == 1);

    http.shutdownNow();

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertThat(mesh.upstream("inventory").servers().get(0).reason()).isEmpty();
    assertQuiet(mesh);
  }
}
