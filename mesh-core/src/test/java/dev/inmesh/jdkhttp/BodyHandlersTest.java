package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Phase;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every body handler works, whoever answers, and is applied once. */
@Timeout(60)
final class BodyHandlersTest extends LoopbackFixture {

  private static final String SHORT = "line 1\nline 2\n";
  private static final String LONG =
      IntStream.range(0, 40_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());

  /** Who answers, and how. */
  enum Answer {
    SHORT_AND_LIVE,
    LONG_AND_LIVE,
    LOCAL,
    EMPTY;

    String text() {
      return this == LONG_AND_LIVE ? LONG : this == EMPTY ? "" : SHORT;
    }
  }

  private HttpClient client(Answer answer) throws IOException {
    LoopbackServer server =
        server(
            e -> {
              switch (answer) {
                case SHORT_AND_LIVE -> e.reply(200, SHORT);
                case LONG_AND_LIVE -> {
                  e.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < LONG.length(); i += 10_000) {
                    String part = LONG.substring(i, Math.min(LONG.length(), i + 10_000));
                    e.write(Integer.toHexString(part.length()) + "\r\n" + part + "\r\n");
                  }
                  e.write("0\r\n\r\n");
                }
                case LOCAL -> e.reply(500, "oops");
                case EMPTY -> e.reply(200, "");
              }
              return true;
            });
    Mesh mesh = mesh(server, "fallback", "default", "fallback.body", SHORT);
    return mesh.wrap(HttpClient.newHttpClient());
  }

  private static final HttpRequest GET =
      HttpRequest.newBuilder(URI.create("http://inventory/v1")).build();

  @ParameterizedTest
  @EnumSource
  void handlersThatReadTheWholeBody(Answer answer, @TempDir Path directory) throws Exception {
    HttpClient http = client(answer);
    Path file = directory.resolve("body");
    byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream consumed = new ByteArrayOutputStream();

    assertThat(http.send(GET, BodyHandlers.ofString()).body()).isEqualTo(answer.text());
    assertThat(http.send(GET, BodyHandlers.ofByteArray()).body()).isEqualTo(bytes);
    assertThat(http.send(GET, BodyHandlers.ofFile(file)).body()).isEqualTo(file);
    assertThat(http.send(GET, BodyHandlers.discarding()).body()).isNull();
    assertThat(http.send(GET, BodyHandlers.replacing("other")).body()).isEqualTo("other");
    assertThat(http.send(GET, BodyHandlers.buffering(BodyHandlers.ofString(), 7)).body())
        .isEqualTo(answer.text());
    HttpResponse<Void> toConsumer =
        http.send(
            GET, BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(consumed::writeBytes)));

    assertThat(Files.readString(file)).isEqualTo(answer.text());
    assertThat(toConsumer.body()).isNull();
    assertThat(consumed.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void handlersWhoseBodyIsReadAfterTheAnswer(Answer answer) throws Exception {
    HttpClient http = client(answer);
    List<String> lines = answer.text().lines().toList();

    try (InputStream stream = http.send(GET, BodyHandlers.ofInputStream()).body()) {
      assertThat(new String(stream.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(answer.text());
    }
    try (Stream<String> stream = http.send(GET, BodyHandlers.ofLines()).body()) {
      assertThat(stream.toList()).isEqualTo(lines);
    }
    Gathering published = new Gathering();
    http.send(GET, BodyHandlers.ofPublisher()).body().subscribe(published);
    assertThat(published.text.get(10, TimeUnit.SECONDS)).isEqualTo(answer.text());
  }

  @ParameterizedTest
  @EnumSource
  void subscribersOfTheUsersOwn(Answer answer) throws Exception {
    HttpClient http = client(answer);
    Gathering bytes = new Gathering();
    GatheringLines lines = new GatheringLines();

    http.send(GET, BodyHandlers.fromSubscriber(bytes));
    http.send(GET, BodyHandlers.fromLineSubscriber(lines));

    assertThat(bytes.text.get(10, TimeUnit.SECONDS)).isEqualTo(answer.text());
    assertThat(lines.done.get(10, TimeUnit.SECONDS)).isEqualTo(answer.text().lines().toList());
  }

  @ParameterizedTest
  @EnumSource
  void aMapperMayBlockOnTheStreamThatItMaps(Answer answer) throws Exception {
    HttpClient http = client(answer);
    Function<InputStream, Long> countLines =
        stream -> {
          try (BufferedReader reader =
              new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().count();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };

    HttpResponse<Long> counted =
        http.send(
            GET, head -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), countLines));

    assertThat(counted.body()).isEqualTo(answer.text().lines().count());
  }

  @ParameterizedTest
  @EnumSource
  void aSubscriberMayBlockUntilItsBodyIsTaken(Answer answer) throws Exception {
    HttpClient http = client(answer);

    HttpResponse<String> response = http.send(GET, head -> new HandingOver());

    assertThat(response.body()).isEqualTo(answer.text());
  }

  @Test
  void theHandlerSeesTheAnswerThatStandsAndNoOther() throws Exception {
    AtomicInteger answers = new AtomicInteger();
    LoopbackServer server =
        server(
            e ->
                answers.incrementAndGet() % 2 == 1
                    ? e.reply(503, "busy")
                    : e.reply(200, "well", "X: y"));
    HttpClient http = mesh(server, "budget", "100%").wrap(HttpClient.newHttpClient());
    List<String> seen = new ArrayList<>();
    BodyHandler<String> recording =
        head -> {
          seen.add(
              head.statusCode()
                  + " "
                  + head.headers().firstValue("mesh-source").orElse("")
                  + " "
                  + head.headers().firstValue("mesh-server").orElse("")
                  + " "
                  + head.headers().firstValue("x").orElse("")
                  + " "
                  + head.version());
          return BodySubscribers.ofString(StandardCharsets.UTF_8);
        };

    assertThat(http.send(GET, recording).body()).isEqualTo("well");

    assertThat(seen).containsExactly("200 retry " + server.address() + " y HTTP_1_1");
    assertThat(server.requests).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerThatThrowsIsTheUsersOwnFault(Answer answer) throws Exception {
    HttpClient http = client(answer);
    BodyHandler<String> throwing =
        head -> {
          throw new IllegalStateException("bug");
        };

    assertThatThrownBy(() -> http.send(GET, throwing))
        .isInstanceOf(IOException.class)
        .hasMessage("bug")
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> http.sendAsync(GET, throwing).get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aSubscriberThatThrowsIsToldSoAndBlamesNobody(Answer answer) throws Exception {
    LoopbackServer server =
        server(
            e ->
                answer == Answer.LOCAL
                    ? e.reply(500, "")
                    : e.reply(200, answer == Answer.EMPTY ? "" : "x".repeat(200_000)));
    Mesh mesh = mesh(server, "fallback", "default", "outlier.mode", "off");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());

    for (boolean atOnce : new boolean[] {true, false}) {
      if (!atOnce && answer != Answer.LONG_AND_LIVE) {
        continue; // No item comes that it could throw at.
      }
      Gathering throwing =
          new Gathering() {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              if (atOnce) {
                throw new IllegalStateException("bug");
              }
              super.onSubscribe(subscription);
            }

            @Override
            public void onNext(List<ByteBuffer> item) {
              throw new IllegalStateException("bug");
            }
          };

      assertThatThrownBy(
              () ->
                  http.send(GET, BodyHandlers.fromSubscriber(throwing, s -> s.text.join())).body())
          .hasStackTraceContaining("bug");
    }
    assertQuiet(mesh);
  }

  /** Gathers a body's bytes. */
  private static class Gathering implements Flow.Subscriber<List<ByteBuffer>> {

    final CompletableFuture<String> text = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription source;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      source = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      for (ByteBuffer buffer : item) {
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
      if (source != null) {
        source.request(1);
      }
    }

    @Override
    public void onError(Throwable failure) {
      text.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      text.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  /** Gathers a body's lines. */
  private static final class GatheringLines implements Flow.Subscriber<String> {

    final CompletableFuture<List<String>> done = new CompletableFuture<>();
    private final List<String> lines = new ArrayList<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      lines.add(line);
    }

    @Override
    public void onError(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      done.complete(lines);
    }
  }

  /** Waits in its first signal for somebody who takes the body. */
  private static final class HandingOver implements BodySubscriber<String> {

    private final Gathering gathering = new Gathering();
    private final CountDownLatch taken = new CountDownLatch(1);

    @Override
    public CompletionStage<String> getBody() {
      taken.countDown();
      return gathering.text;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      try {
        assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      gathering.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      gathering.onNext(item);
    }

    @Override
    public void onError(Throwable failure) {
      gathering.onError(failure);
    }

    @Override
    public void onComplete() {
      gathering.onComplete();
    }
  }

  @Test
  void aHandlerThatBlocksKeepsNobodyWaiting() throws Exception {
    LoopbackServer server =
        server(
            e -> {
              if (!e.path().equals("/long")) {
                return e.reply(e.path().equals("/bad") ? 500 : 200, SHORT);
              }
              e.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n");
              return e.hang();
            });
    Mesh mesh = mesh(server, "timeout", "300ms", "fallback", "default");
    HttpClient client = mesh.wrap(HttpClient.newHttpClient());
    CountDownLatch over = new CountDownLatch(1);
    BodyHandler<String> blocking =
        head -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return BodySubscribers.ofString(StandardCharsets.UTF_8);
        };
    HttpRequest bad = HttpRequest.newBuilder(URI.create("http://inventory/bad")).build();
    HttpRequest endless = HttpRequest.newBuilder(URI.create("http://inventory/long")).build();

    for (HttpRequest request : List.of(GET, bad, endless)) {
      assertThatThrownBy(() -> client.send(request, blocking))
          .isInstanceOfSatisfying(
              CallTimeoutException.class, e -> assertThat(e.phase()).isEqualTo(Phase.BODY))
          .hasMessageContaining("but the body handler has not taken it");
      assertThatThrownBy(() -> client.sendAsync(request, blocking).get())
          .hasCauseInstanceOf(CallTimeoutException.class);
    }

    assertQuiet(mesh); // Though the handlers still block.
    assertThat(server.awaitClosedByPeer()).isTrue();
    over.countDown();
    assertThat(mesh.upstream("inventory").servers().get(0).state())
        .isEqualTo(ServerStatus.State.UP);
  }
}
