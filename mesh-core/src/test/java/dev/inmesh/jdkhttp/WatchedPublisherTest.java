package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class WatchedPublisherTest extends LoopbackFixture {

  private final WatchedPublisher body =
      new WatchedPublisher(BodyPublishers.ofString("once"), () -> {});

  private CompletableFuture<HttpResponse<String>> post(
      LoopbackServer server, HttpClient.Version version) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + server.address() + "/v1"))
            .version(version)
            .POST(body)
            .build();
    return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource
  void oneThatIsSaidToBeUnsentIsNeverWritten(HttpClient.Version version) throws Exception {
    LoopbackServer server = well();

    boolean unsent = body.refuse();
    CompletableFuture<HttpResponse<String>> call = post(server, version);

    assertThat(unsent).isTrue();
    assertThat(call)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class);
    await(() -> server.connections.get() == 1 && server.openConnections() == 0);
    assertThat(server.requests).isEmpty();
    assertThat(body.hasBegun()).isFalse();
    assertThat(body.failure()).isNull();
  }

  @Test
  void oneThatHasBegunIsNotSaidToBeUnsent() throws Exception {
    LoopbackServer server = well();

    assertThat(post(server, HttpClient.Version.HTTP_1_1).get().statusCode()).isEqualTo(200);

    assertThat(body.refuse()).isFalse();
    assertThat(body.hasBegun()).isTrue();
  }
}
