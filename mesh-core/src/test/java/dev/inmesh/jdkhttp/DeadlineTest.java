package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.call.Answer;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.CookieHandler;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The deadline holds to the last byte, whoever reads it and whenever. */
@Timeout(60)
final class DeadlineTest extends LoopbackFixture {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  private static final HttpRequest GET = get("/v1").build();

  private static HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(URI.create("http://inventory" + path));
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  private static HttpClient plain(Mesh mesh) {
    return mesh.wrap(HttpClient.newHttpClient());
  }

  private LoopbackServer stallingInMidBody() throws IOException {
    return server(
        e -> {
          e.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
          return e.hang();
        });
  }

  @Test
  void theTimeoutOfTheRequestHoldsToTheLastByteWhenItIsTheLesser() throws Exception {
    LoopbackServer server = server(Exchange::hang);
    Mesh mesh = mesh(server, "timeout", "30s");
    HttpRequest request = get("/v1").timeout(Duration.ofMillis(100)).build();

    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(plain(mesh), request)))
        .extracting(CallTimeoutException::phase)
        .isEqualTo(Phase.SERVER);
    server.behave(
        e -> {
          e.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
          return e.hang();
        });

    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(plain(mesh), request)))
        .extracting(CallTimeoutException::phase)
        .isEqualTo(Phase.BODY);
    assertQuiet(mesh);
  }

  /** The JDK's own timer, which goes ahead, must neither end them nor keep them from ending. */
  @Test
  void manyThatRunOutEndOnceEachAndNoneAheadOfItsTime() throws Exception {
    LoopbackServer server = server(Exchange::hang);
    Mesh mesh = mesh(server, "timeout", "30s");
    HttpClient http = plain(mesh);
    Random random = new Random(1);
    List<CompletableFuture<Long>> calls = new ArrayList<>();
    List<Phase> phases = new CopyOnWriteArrayList<>();

    for (int i = 0; i < 100; i++) {
      // Long enough that all are connected by then, whatever else the machine does.
      long nanos = TimeUnit.MILLISECONDS.toNanos(1_000) + random.nextInt(200_000_000);
      HttpRequest request = get("/v1").timeout(Duration.ofNanos(nanos)).build();
      long start = System.nanoTime();
      calls.add(
          http.sendAsync(request, BodyHandlers.ofString())
              .handle(
                  (answer, failure) -> {
                    long left = start + nanos - System.nanoTime();
                    phases.add(((CallTimeoutException) failure).phase());
                    return left;
                  }));
    }

    for (CompletableFuture<Long> call : calls) {
      assertThat(call.get()).as("nanoseconds that were left").isNotPositive();
    }
    assertThat(phases).hasSize(100).containsOnly(Phase.SERVER);
    assertQuiet(mesh);
  }

  @Test
  void aBodyThatFailsAsIfItsTimeWereUpFailsTheCallWithWhatItSaid() throws Exception {
    LoopbackServer server = server(Exchange::hang);
    Mesh mesh = mesh(server, "timeout", "1h");
    HttpTimeoutException thrown = new HttpTimeoutException("of another call");
    BodyPublisher failing =
        BodyPublishers.fromPublisher(
            subscriber ->
                subscriber.onSubscribe(
                    new Flow.Subscription() {
                      @Override
                      public void request(long n) {
                        subscriber.onError(thrown);
                      }

                      @Override
                      public void cancel() {
                        // Nothing is held.
                      }
                    }));

    Throwable failure = catchThrowable(() -> send(plain(mesh), get("/v1").POST(failing).build()));

    assertThat(failure).hasStackTraceContaining("of another call");
    assertQuiet(mesh);
  }

  @Test
  void whoReadsAStreamAfterTheDeadlineIsToldSo() throws Exception {
    LoopbackServer server = stallingInMidBody();
    Mesh mesh = mesh(server, "timeout", "100ms");

    InputStream stream = plain(mesh).send(GET, BodyHandlers.ofInputStream()).body();
    Throwable inStream = catchThrowable(stream::readAllBytes);
    Throwable inLines =
        catchThrowable(() -> plain(mesh).send(GET, BodyHandlers.ofLines()).body().toList());

    assertThat(inStream)
        .isInstanceOf(IOException.class)
        .hasCauseInstanceOf(CallTimeoutException.class);
    assertThat(inStream).hasStackTraceContaining("inventory: timed out in phase body after ");
    assertThat(inLines).hasRootCauseInstanceOf(HttpTimeoutException.class);
    assertThat(inLines)
        .hasStackTraceContaining("CallTimeoutException: inventory: timed out in phase body");
    assertThat(server.awaitClosedByPeer()).isTrue();
    assertQuiet(mesh);
  }

  @Test
  void aBodyThatNobodyReadsOrClosesIsGivenBackAtTheDeadline() throws Exception {
    LoopbackServer server = stallingInMidBody();
    Mesh mesh = mesh(server, "timeout", "100ms");

    HttpResponse<InputStream> leaked = plain(mesh).send(GET, BodyHandlers.ofInputStream());
    plain(mesh).send(GET, BodyHandlers.ofPublisher());

    assertThat(server.awaitClosedByPeer()).isTrue();
    assertThatThrownBy(() -> leaked.body().readAllBytes()).isInstanceOf(IOException.class);
    assertQuiet(mesh);
  }

  @Test
  void aBodyClosedEarlyIsASuccess() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "x".repeat(1_000_000)));
    Mesh mesh = mesh(server);

    plain(mesh).send(GET, BodyHandlers.ofInputStream()).body().close();

    assertQuiet(mesh);
    assertThat(mesh.upstream("inventory").servers().get(0).latency()).isPositive();
  }

  @Test
  void aCallerThatTakesItsTimeWithABodyBlamesNobody() throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "x".repeat(3_000_000)));
    Mesh mesh = mesh(List.of(a, well()), "timeout", "200ms", "balancer", "round_robin");
    HttpClient http = plain(mesh);
    List<HttpResponse<InputStream>> open = new ArrayList<>();

    for (int i = 0; i < 20; i++) {
      open.add(http.send(GET, BodyHandlers.ofInputStream()));
    }
    assertQuiet(mesh);
    for (HttpResponse<InputStream> response : open) {
      response.body().close();
    }

    assertThat(mesh.upstream("inventory").servers().get(0).state())
        .isEqualTo(ServerStatus.State.UP);
    assertThat(mesh.upstream("inventory").servers().get(0).reason()).isEmpty();
  }

  @Test
  void aBodyThatBreaksWhileItIsReadIsNotTriedAgain() throws Exception {
    LoopbackServer breaking =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
              return e.reset();
            });
    LoopbackServer well = well();
    Mesh mesh = mesh(List.of(breaking.address(), well.address() + " backup"), "budget", "100%");

    assertThatThrownBy(() -> send(plain(mesh), GET))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("connection broke");
    assertThat(breaking.requests).hasSize(1);
    assertThat(well.requests).isEmpty();
    assertQuiet(mesh);
  }

  @Test
  void aSlowFallbackInCodeNeverMakesTheCallerLate() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Mesh mesh =
        Mesh.builder()
            .properties(
                keys(
                    "127.0.0.1:" + closedPort(),
                    "timeout",
                    "200ms",
                    "fallback",
                    "default",
                    "fallback.body",
                    "default"))
            .fallback(
                "inventory",
                failed -> {
                  while (never.getCount() > 0) {
                    try {
                      never.await();
                    } catch (InterruptedException stubborn) {
                      // It doesn't listen, and must not matter.
                    }
                  }
                  return Answer.of(200, "", "late");
                })
            .build();
    open.add(mesh);
    open.add(never::countDown);
    HttpClient http = plain(mesh);

    CompletableFuture<HttpResponse<String>> async = http.sendAsync(GET, BodyHandlers.ofString());

    assertThat(send(http, GET).body()).isEqualTo("default");
    assertThat(async.get(20, TimeUnit.SECONDS).body()).isEqualTo("default");
    never.countDown();
  }

  @Test
  void theDeadlineHoldsThoughEveryThreadOfTheCommonPoolIsBusy() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    open.add(over::countDown);
    for (int i = 0; i < 64; i++) {
      CompletableFuture<Void> unused =
          CompletableFuture.runAsync(
              () -> {
                try {
                  over.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    Mesh mesh = mesh(server(Exchange::hang), "timeout", "200ms");

    assertThatThrownBy(() -> send(plain(mesh), GET)).isInstanceOf(CallTimeoutException.class);
    over.countDown();
    assertQuiet(mesh);
  }

  @Test
  void theDeadlineHoldsThoughTheCookieHandlerBlocks() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CookieHandler blocking =
        new CookieHandler() {
          @Override
          public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers)
              throws IOException {
            awaitQuietly(blocked);
            return Map.of();
          }

          @Override
          public void put(URI uri, Map<String, List<String>> headers) {
            // Nothing is kept.
          }
        };
    LoopbackServer server = server(e -> e.reply(200, "well"));
    Mesh mesh = mesh(server, "timeout", "100ms");
    HttpClient http = mesh.wrap(HttpClient.newBuilder().cookieHandler(blocking).build());

    CompletableFuture<HttpResponse<String>> call = http.sendAsync(GET, BodyHandlers.ofString());

    try {
      assertThat(call)
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(CallTimeoutException.class);
      assertQuiet(mesh);
    } finally {
      blocked.countDown();
    }
    assertThat(server.requests).isEmpty();
  }

  @Test
  void theDeadlineHoldsThoughAProxySelectorBlocksBehindARedirect() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    ProxySelector blocking =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            if (uri.getPath().equals("/outside")) {
              asked.countDown();
              awaitQuietly(blocked);
            }
            return List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // Nobody asks.
          }
        };
    LoopbackServer outside = well();
    LoopbackServer server =
        server(e -> e.reply(302, "", "Location: http://" + outside.address() + "/outside"));
    Mesh mesh = mesh(server, "timeout", "300ms", "mesh.allowed-networks", "127.0.0.0/8");
    HttpClient http =
        mesh.wrap(
            HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .proxy(blocking)
                .build());

    CompletableFuture<HttpResponse<String>> call = http.sendAsync(GET, BodyHandlers.ofString());

    try {
      assertThat(call)
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(CallTimeoutException.class)
          .withMessageContaining("inventory: timed out in phase server after ")
          .withMessageEndingWith(" ms, redirected out of the mesh to 127.0.0.1");
      assertThat(asked.getCount()).isZero();
    } finally {
      blocked.countDown();
    }
    assertThat(outside.requests).isEmpty();
    assertQuiet(mesh);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void callsInFlightFinishAfterTheMeshIsClosed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    LoopbackServer server =
        server(
            e -> {
              go.await();
              return e.reply(503, "busy");
            });
    LoopbackServer well = server(e -> e.reply(200, "x".repeat(200_000)));
    Mesh mesh = mesh(List.of(server.address(), well.address() + " backup"), "budget", "100%");
    CompletableFuture<HttpResponse<String>> call =
        plain(mesh).sendAsync(GET, BodyHandlers.ofString());
    await(() -> server.requests.size() == 1);

    mesh.close();
    go.countDown();

    assertThat(call.get(20, TimeUnit.SECONDS).body()).hasSize(200_000);
  }

  @Test
  void aReadTimeoutBoundsTheWaitForAnAnswerAndForTheRestOfItsBody() throws Exception {
    LoopbackServer server = server(Exchange::hang);
    Mesh mesh =
        mesh(
            server,
            "timeout",
            "60s",
            "timeout.read",
            "100ms",
            "timeout.connect",
            "100ms",
            "retry.on",
            "off");
    HttpClient http = plain(mesh);
    HttpRequest put = get("/v1").PUT(BodyPublishers.ofString("x".repeat(100_000))).build();

    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(http, GET)).phase())
        .isEqualTo(Phase.SERVER);
    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(http, put)).phase())
        .isEqualTo(Phase.SERVER);
    for (int length : new int[] {1_000, 1_000_000}) {
      server.behave(
          e -> {
            e.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nx");
            return e.hang();
          });
      assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(http, GET)).phase())
          .isEqualTo(Phase.BODY);
    }
    assertQuiet(mesh);
  }

  @Test
  void aReaderThatPausesLongerThanTheReadTimeoutIsNotCutOff() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "x".repeat(3_000_000)));
    Mesh mesh = mesh(server, "timeout", "60s", "timeout.read", "50ms");

    try (InputStream stream = plain(mesh).send(GET, BodyHandlers.ofInputStream()).body()) {
      assertThat(stream.read()).isEqualTo('x');
      TimeUnit.MILLISECONDS.sleep(300); // The pause under test.
      assertThat(stream.readAllBytes()).hasSize(2_999_999);
    }
    assertQuiet(mesh);
  }

  @Test
  void deadlinesAtAnyTimeLeaveNothingBehindAndEveryCallEndsOnce() throws Exception {
    LoopbackServer server =
        server(
            e ->
                switch (Math.floorMod(e.path().hashCode(), 5)) {
                  case 0 -> e.reply(200, "small");
                  case 1 -> e.reply(200, "x".repeat(300_000));
                  case 2 -> e.reply(503, "busy");
                  case 3 -> e.reset();
                  default -> e.hang();
                });
    Mesh mesh =
        mesh(
            List.of(server, well()),
            "outlier.mode",
            "off",
            "breaker.enabled",
            "false",
            "budget",
            "100%",
            "retry.on",
            "connect,error,timeout,http_503",
            "timeout.attempt",
            "20ms");
    HttpClient http = plain(mesh);
    Random random = new Random(11);
    List<CompletableFuture<HttpResponse<InputStream>>> calls = new ArrayList<>();
    AtomicInteger ended = new AtomicInteger();

    for (int i = 0; i < 1_000; i++) {
      HttpRequest request =
          get("/" + random.nextInt(10, 100))
              .timeout(Duration.ofMillis(1 + random.nextInt(30)))
              .build();
      CompletableFuture<HttpResponse<InputStream>> call =
          http.sendAsync(request, BodyHandlers.ofInputStream());
      calls.add(call);
      CompletableFuture<?> unused =
          call.whenComplete((response, failure) -> ended.incrementAndGet());
      if (i % 10 == 0) {
        await(() -> ended.get() >= calls.size() - 10);
      }
    }
    for (CompletableFuture<HttpResponse<InputStream>> call : calls) {
      try (InputStream body = call.get(30, TimeUnit.SECONDS).body()) {
        assertThat(body.readAllBytes().length).isIn(4, 5, "well /10".length(), 300_000);
      } catch (ExecutionException | IOException late) {
        assertThat(late).hasStackTraceContaining("inventory: ");
      }
    }

    assertQuiet(mesh);
    assertThat(ended.get()).isEqualTo(1_000);
  }

  @Test
  void theDeadlineHoldsThoughABodyPublisherBlocks() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    BodyPublisher blocking =
        BodyPublishers.fromPublisher(
            subscriber -> {
              try {
                over.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    LoopbackServer server = server(e -> e.reply(200, "good"));
    Mesh mesh = mesh(server, "timeout", "300ms");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    HttpRequest post =
        HttpRequest.newBuilder(URI.create("http://inventory/")).POST(blocking).build();

    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> send(http, post)))
        .isNotNull();

    assertQuiet(mesh);
    over.countDown();
  }

  /** What the user hangs on a future blocks until the server has seen its connection closed. */
  private static void assertClosedWhileTheUserBlocks(
      CompletableFuture<HttpResponse<String>> call,
      LoopbackServer server,
      Class<? extends IOException> failure)
      throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    CompletableFuture<Throwable> failed =
        call.handle(
            (answer, thrown) -> {
              told.countDown();
              awaitQuietly(seen);
              return thrown;
            });
    try {
      assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(server.awaitClosedByPeer()).isTrue();
    } finally {
      seen.countDown();
    }
    assertThat(failed.get(20, TimeUnit.SECONDS)).isInstanceOf(failure);
  }

  @Test
  void whatHangsOnAFutureHoldsNoConnectionOfAnAttemptThatRanOutOfTime() throws Exception {
    LoopbackServer server =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
              return e.hang();
            });
    Mesh mesh = mesh(server, "timeout", "300ms", "retry.on", "off");
    HttpClient http = plain(mesh);

    assertClosedWhileTheUserBlocks(
        http.sendAsync(GET, BodyHandlers.ofString()), server, CallTimeoutException.class);
    assertQuiet(mesh);
  }

  @Test
  void whatHangsOnAFutureHoldsNoConnectionWhoseAnswerABodyHandlerIsLateWith() throws Exception {
    LoopbackServer server = stallingInMidBody();
    Mesh mesh = mesh(server, "timeout", "300ms");
    HttpClient http = plain(mesh);

    assertClosedWhileTheUserBlocks(
        http.sendAsync(GET, blocking()), server, CallTimeoutException.class);
    assertQuiet(mesh);
  }

  @Test
  void whatHangsOnAFutureHoldsNoConnectionOutOfTheMesh() throws Exception {
    LoopbackServer outside = stallingInMidBody();
    LoopbackServer server = server(e -> e.reply(302, "", "Location: http://" + outside.address()));
    Mesh mesh = mesh(server, "timeout", "1s");
    HttpClient http =
        mesh.wrap(HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build());

    assertClosedWhileTheUserBlocks(
        http.sendAsync(GET, blocking()), outside, CallTimeoutException.class);
    assertQuiet(mesh);
  }

  /** Never takes the answer, as long as the test runs. */
  private BodyHandler<String> blocking() {
    CountDownLatch over = new CountDownLatch(1);
    open.add(over::countDown);
    return head -> {
      awaitQuietly(over);
      return BodyHandlers.ofString().apply(head);
    };
  }
}
