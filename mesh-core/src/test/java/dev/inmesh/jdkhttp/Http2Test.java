package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.Relay;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.PushPromise;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Headers;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS goes by the server's registered name, and HTTP/2 by what the client prefers. */
@Timeout(60)
final class Http2Test extends LoopbackFixture {

  private static final HeldCertificate CERTIFICATE =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private static final HandshakeCertificates TRUST =
      new HandshakeCertificates.Builder().addTrustedCertificate(CERTIFICATE.certificate()).build();
  private static final HttpRequest GET =
      HttpRequest.newBuilder(URI.create("https://inventory/v1")).build();

  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(CERTIFICATE)
            .build()
            .sslSocketFactory());
    server.start();
    open.add(server);
  }

  private void answers(int count) {
    for (int i = 0; i < count; i++) {
      server.enqueue(new MockResponse.Builder().body("secure").build());
    }
  }

  private String address() {
    return "localhost:" + server.getPort();
  }

  private static HttpClient.Builder trusting() {
    return HttpClient.newBuilder().sslContext(TRUST.sslContext());
  }

  @Test
  void callsShareAConnectionOfHttp2AndTheClientsPreferenceIsKept() throws Exception {
    answers(31);
    Mesh mesh = mesh(address(), "timeout", "30s");
    HttpClient http2 = mesh.wrap(trusting().build());
    HttpClient http1 = mesh.wrap(trusting().version(HttpClient.Version.HTTP_1_1).build());
    HttpResponse<String> first = http2.send(GET, BodyHandlers.ofString());
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 29; i++) {
      calls.add(http2.sendAsync(GET, BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.get(30, TimeUnit.SECONDS).version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
    HttpResponse<String> other = http1.send(GET, BodyHandlers.ofString());

    assertThat(first.body()).isEqualTo("secure");
    assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(first.sslSession()).isPresent();
    assertThat(first.headers().firstValue("mesh-server")).contains(address());
    assertThat(other.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(server.takeRequest().getConnectionIndex()).isZero();
    for (int i = 0; i < 29; i++) {
      assertThat(server.takeRequest().getConnectionIndex()).isZero();
    }
    assertThat(server.takeRequest().getConnectionIndex()).isOne();
    assertQuiet(mesh);
  }

  @Test
  void aCertificateOfAnotherNameIsRefusedAndNothingWasSent() throws Exception {
    answers(1);
    Mesh mesh = mesh("127.0.0.1:" + server.getPort(), "timeout", "30s");
    HttpClient http = mesh.wrap(trusting().build());

    assertThatThrownBy(() -> http.send(GET, BodyHandlers.ofString()))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("127.0.0.1:" + server.getPort() + " connect failed");

    assertThat(server.takeRequest(100, TimeUnit.MILLISECONDS)).isNull();
    assertQuiet(mesh);
  }

  @Test
  void aStreamThatHangsCostsTheDeadlineAndNotTheConnection() throws Exception {
    server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    answers(1);
    Mesh mesh = mesh(address(), "timeout", "2s", "retry.on", "off");
    HttpClient http = mesh.wrap(trusting().build());
    HttpRequest post = HttpRequest.newBuilder(GET.uri()).POST(BodyPublishers.ofString("x")).build();

    assertThatThrownBy(() -> http.send(post, BodyHandlers.ofString()))
        .isInstanceOfSatisfying(
            CallTimeoutException.class, e -> assertThat(e.phase()).isEqualTo(Phase.SERVER));
    assertThat(http.send(GET, BodyHandlers.ofString()).body()).isEqualTo("secure");

    assertQuiet(mesh);
  }

  @Test
  void promisesThatAServerPushesReachTheUsersHandler() throws Exception {
    server.enqueue(
        new MockResponse.Builder()
            .body("page")
            .addPush(
                new PushPromise(
                    "GET",
                    "/style.css",
                    Headers.of(":scheme", "https") /* the client insists on it */,
                    new MockResponse.Builder().body("p { }").build()))
            .build());
    Mesh mesh = mesh(address(), "timeout", "30s");
    HttpClient http = mesh.wrap(trusting().build());
    ConcurrentMap<HttpRequest, CompletableFuture<HttpResponse<String>>> pushed =
        new ConcurrentHashMap<>();
    List<HttpRequest> initiating = new ArrayList<>();
    PushPromiseHandler<String> map =
        PushPromiseHandler.of(promised -> BodyHandlers.ofString(), pushed);

    HttpResponse<String> page =
        http.sendAsync(
                GET,
                BodyHandlers.ofString(),
                (request, promised, acceptor) -> {
                  initiating.add(request);
                  map.applyPushPromise(request, promised, acceptor);
                })
            .get(30, TimeUnit.SECONDS);

    assertThat(page.body()).isEqualTo("page");
    await(() -> pushed.size() == 1);
    assertThat(initiating).containsExactly(GET);
    HttpResponse<String> style = pushed.values().iterator().next().get(30, TimeUnit.SECONDS);
    assertThat(style.body()).isEqualTo("p { }");
    assertThat(style.uri()).isEqualTo(URI.create("https://inventory/style.css"));
    assertQuiet(mesh);
  }

  private Mesh mesh(Relay relay) {
    return mesh(
        relay.address(),
        "timeout",
        "20s",
        "retry.on",
        "off",
        "breaker.enabled",
        "false",
        "outlier.mode",
        "off");
  }

  private Relay relay() throws IOException {
    Relay relay = new Relay(server.getPort());
    open.add(relay);
    return relay;
  }

  private static void assertTimesOut(HttpClient http, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://inventory" + path))
            .timeout(Duration.ofMillis(500))
            .build();
    assertThatThrownBy(() -> http.send(request, BodyHandlers.ofString()))
        .isInstanceOfSatisfying(
            CallTimeoutException.class, e -> assertThat(e.phase()).isEqualTo(Phase.SERVER));
  }

  @Test
  void aConnectionThatDiesWithoutAWordIsReplacedAfterThreeAttempts() throws Exception {
    answers(2);
    Relay relay = relay();
    Mesh mesh = mesh(relay);
    HttpClient http = mesh.wrap(trusting().build());
    assertThat(http.send(GET, BodyHandlers.ofString()).version())
        .isEqualTo(HttpClient.Version.HTTP_2);
    relay.die();

    for (int i = 0; i < 3; i++) {
      assertTimesOut(http, "/v1");
    }

    assertThat(http.send(GET, BodyHandlers.ofString()).body()).isEqualTo("secure");
    assertThat(relay.connections()).isEqualTo(2);
    assertQuiet(mesh);
  }

  @Test
  void aConnectionThatBringsBytesOfOneAnswerIsNotDeadForTheOthers() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            MockResponse.Builder response = new MockResponse.Builder();
            if (request.getUrl().encodedPath().equals("/hang")) {
              over.await();
            }
            if (request.getUrl().encodedPath().equals("/drip")) {
              return response
                  .chunkedBody("x".repeat(1_000_000), 1_000)
                  .throttleBody(1_000, 10, TimeUnit.MILLISECONDS)
                  .build();
            }
            return response.body("secure").build();
          }
        });
    Relay relay = relay();
    HttpClient http = mesh(relay).wrap(trusting().build());
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<HttpResponse<String>> dripping =
        http.sendAsync(
            HttpRequest.newBuilder(URI.create("https://inventory/drip")).build(),
            head -> {
              begun.countDown();
              return BodyHandlers.ofString().apply(head);
            });
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

    try {
      for (int i = 0; i < 3; i++) {
        assertTimesOut(http, "/hang");
      }
    } finally {
      over.countDown();
    }

    assertThat(http.send(GET, BodyHandlers.ofString()).body()).isEqualTo("secure");
    assertThat(dripping).isNotDone();
    assertThat(relay.connections()).isOne();
    assertThat(dripping.cancel(true)).isTrue();
  }

  @Test
  void aClientIsReplacedEveryTenSecondsAtMost() {
    Mesh mesh = mesh("127.0.0.1:1");
    UpstreamSettings settings =
        Objects.requireNonNull(mesh.configuration().settings().upstreams().get("inventory"));
    AttemptClients clients = new AttemptClients(HttpClient.newHttpClient());
    AttemptClient first = clients.client(settings);
    long now = System.nanoTime();

    clients.replace(first.connections(), now);
    AttemptClient second = clients.client(settings);
    clients.replace(second.connections(), now + AttemptClients.REPLACED_NANOS - 1);

    assertThat(second).isNotSameAs(first);
    assertThat(clients.client(settings)).isSameAs(second);
    clients.replace(first.connections(), now + AttemptClients.REPLACED_NANOS);
    assertThat(clients.client(settings)).isSameAs(second);
    clients.replace(second.connections(), now + AttemptClients.REPLACED_NANOS);
    assertThat(clients.client(settings)).isNotSameAs(second);
  }

  @Test
  void healthChecksDontStayOnAConnectionThatDiedWithoutAWord() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body("secure").build();
          }
        });
    Relay relay = relay();
    Mesh mesh =
        mesh(
            relay.address(),
            "timeout",
            "20s",
            "health-check.path",
            "/healthz",
            "health-check.interval",
            "500ms",
            "health-check.timeout",
            "500ms");
    HttpClient http = mesh.wrap(trusting().build());
    assertThat(http.send(GET, BodyHandlers.ofString()).body()).isEqualTo("secure");
    await(() -> relay.connections() == 2 && server.getRequestCount() > 2);

    relay.die();

    int before = server.getRequestCount();
    await(() -> relay.connections() == 3 && server.getRequestCount() > before + 2);
  }
}
