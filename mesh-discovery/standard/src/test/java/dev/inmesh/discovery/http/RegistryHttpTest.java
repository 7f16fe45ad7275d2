package dev.inmesh.discovery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RegistryHttpTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final MockWebServer first = new MockWebServer();
  private final MockWebServer second = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    first.start();
    second.start();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static String address(MockWebServer server) {
    return "localhost:" + server.getPort();
  }

  private RegistryHttp client(Duration timeout, Credentials credentials) {
    return new RegistryHttp(
        new RegistryHttp.Place(
            "test", List.of(address(first), address(second)), false, "", LONG, timeout),
        credentials);
  }

  private RegistryHttp client() {
    return client(LONG, Credentials.header("X-Token", "s3cret"));
  }

  private static MockResponse status(int code, String body) {
    return new MockResponse.Builder().code(code).body(body).build();
  }

  @Test
  void aRequestIsWhatWasAsked() throws Exception {
    first.enqueue(status(200, "{\"a\":1}"));
    try (RegistryHttp http = client()) {
      Answer answer =
          http.ask(Ask.get("v1", "a/b c").query("index", "7").query("none", "").flag("stale"));

      assertThat(answer.json().get("a").text()).isEqualTo("1");
    }
    RecordedRequest request = first.takeRequest();
    assertThat(request.getTarget()).isEqualTo("/v1/a%2Fb%20c?index=7&stale");
    assertThat(request.getHeaders().get("X-Token")).isEqualTo("s3cret");
  }

  @Test
  void dotsLeadNowhereElse() {
    try (RegistryHttp http = client()) {
      assertThatThrownBy(() -> http.ask(Ask.get("v1", "..", "x")))
          .hasMessageEndingWith(": '..' is no name");
    }
    assertThat(first.getRequestCount()).isZero();
  }

  @Test
  void anAddressThatFailsIsLeftForTheNextOne() throws Exception {
    first.enqueue(status(500, "no leader"));
    second.enqueue(status(200, "1"));
    second.enqueue(status(200, "2"));
    try (RegistryHttp http = client()) {
      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("1");
      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("2");

      second.close();
      first.enqueue(status(200, "3"));

      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("3");
    }
  }

  @Test
  void whenAllAddressesFailTheLastOnesReasonIsSaid() throws Exception {
    first.close();
    second.enqueue(status(503, "{\"message\":\"no leader for s3cret\\n\"}"));
    try (RegistryHttp http = client()) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .hasMessage(address(second) + ": status 503: no leader for ***");

      second.close();

      assertThatThrownBy(() -> http.ask(Ask.get("x"))).hasMessageEndingWith(": connection refused");
    }
  }

  @Test
  void aRefusalIsToldAndNotAskedForElsewhere() throws Exception {
    first.enqueue(status(403, "Permission denied for s3cret"));
    try (RegistryHttp http = client()) {
      Answer answer = http.ask(Ask.get("x"));

      assertThat(answer.status()).isEqualTo(403);
      assertThatThrownBy(answer::json)
          .isInstanceOf(RefusedException.class)
          .hasMessage(address(first) + ": status 403: Permission denied for ***");
      assertThat(second.getRequestCount()).isZero();
    }
  }

  @Test
  void anAddressThatAsksForAPauseGetsIt() throws Exception {
    first.enqueue(
        new MockResponse.Builder().code(429).addHeader("Retry-After", "3600").body("slow").build());
    second.enqueue(status(200, "1"));
    second.enqueue(status(500, ""));
    try (RegistryHttp http = client()) {
      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("1");

      assertThatThrownBy(() -> http.ask(Ask.get("x"))).hasMessageContaining("status 500");
      assertThat(first.getRequestCount()).isEqualTo(1);
    }
  }

  @Test
  void aPauseOfTheOnlyAddressIsWaitedFor() throws Exception {
    first.enqueue(
        new MockResponse.Builder().code(503).addHeader("Retry-After", "1").body("slow").build());
    first.enqueue(status(200, "1"));
    try (RegistryHttp http = alone(false, "")) {
      assertThatThrownBy(() -> http.ask(Ask.get("x"))).hasMessageEndingWith("status 503: slow");
      long begin = System.nanoTime();

      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("1");
      assertThat(System.nanoTime() - begin).isGreaterThan(500_000_000);
    }
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    first.enqueue(
        new MockResponse.Builder()
            .code(307)
            .addHeader("Location", "http://" + address(second) + "/")
            .build());
    try (RegistryHttp http = client()) {
      Answer answer = http.ask(Ask.get("x"));

      assertThatThrownBy(answer::json).hasMessageContaining("status 307: a redirect, which is not");
      assertThat(second.getRequestCount()).isZero();
    }
  }

  @Test
  void whereARedirectLeadsIsToldWithoutCredentials() throws Exception {
    first.enqueue(redirect("https://user:pa@ss@sso.test/login?token=abc#def"));
    first.enqueue(redirect("/" + "x".repeat(1000)));
    first.enqueue(status(302, ""));
    try (RegistryHttp http = client()) {
      assertThat(http.ask(Ask.get("x")).refusal())
          .hasMessageEndingWith("which is not followed, to https://sso.test/login");
      assertThat(http.ask(Ask.get("x")).refusal())
          .hasMessageEndingWith("to /" + "x".repeat(99) + "...");
      assertThat(http.ask(Ask.get("x")).refusal()).hasMessageEndingWith("to nowhere");
    }
  }

  private static MockResponse redirect(String location) {
    return new MockResponse.Builder().code(302).addHeader("Location", location).build();
  }

  @Test
  void aCredentialThatNoHeaderCanHaveIsNotTold() {
    try (RegistryHttp http = client(LONG, Credentials.header("X-Token", "s3\ncret"))) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .hasMessageEndingWith("a credential has characters that no header can have")
          .hasNoCause();
    }
  }

  @Test
  void credentialsAreAskedForBeforeEachRequest() throws Exception {
    AtomicReference<String> token = new AtomicReference<>("one");
    first.enqueue(status(200, "1"));
    first.enqueue(status(200, "1"));
    try (RegistryHttp http = client(LONG, () -> Map.of("X-Token", token.get()))) {
      Object unused = http.ask(Ask.get("x"));
      token.set("two");
      unused = http.ask(Ask.get("x"));
    }
    assertThat(first.takeRequest().getHeaders().get("X-Token")).isEqualTo("one");
    assertThat(first.takeRequest().getHeaders().get("X-Token")).isEqualTo("two");
  }

  @Test
  void anAnswerWithoutAnEndIsGivenUp() {
    second.close();
    Buffer endless = new Buffer().write(new byte[RegistryHttp.LONGEST + 1]);
    first.enqueue(new MockResponse.Builder().body(endless).build());
    try (RegistryHttp http = client()) {
      assertThatThrownBy(() -> http.ask(Ask.get("x"))).isInstanceOf(IOException.class);
    }
    first.enqueue(new MockResponse.Builder().body(endless).build());
    try (RegistryHttp http = alone(false, "")) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .hasMessage(address(first) + ": its answer is longer than 64 MB");
    }
  }

  private RegistryHttp alone(boolean tls, String caFile) {
    return new RegistryHttp(
        new RegistryHttp.Place("test", List.of(address(first)), tls, caFile, LONG, LONG),
        Credentials.header("", ""));
  }

  @Test
  void aSilentAddressIsGivenUpInTime() throws Exception {
    first.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    second.enqueue(
        new MockResponse.Builder()
            .body("0123456789")
            .throttleBody(1, 100, TimeUnit.MILLISECONDS)
            .build());
    try (RegistryHttp http =
        new RegistryHttp(
            new RegistryHttp.Place(
                "test",
                List.of(address(first), address(second)),
                false,
                "",
                Duration.ofMillis(100),
                Duration.ofMillis(100)),
            Credentials.header("", ""))) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .hasMessage(address(second) + ": no whole answer within 100 ms");
    }
  }

  @Test
  void aConnectionThatBreaksOffIsAFailure() {
    second.close();
    first.enqueue(
        new MockResponse.Builder()
            .body("0123456789")
            .onResponseBody(new SocketEffect.CloseSocket())
            .build());
    try (RegistryHttp http = alone(false, "")) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(address(first) + ": ");
    }
  }

  @Test
  void anInterruptEndsAWait() throws Exception {
    first.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    try (RegistryHttp http = client()) {
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      Thread thread = new Thread(() -> end.complete(failure(() -> http.ask(Ask.get("x")))));
      thread.start();
      RecordedRequest unused = first.takeRequest();

      thread.interrupt();

      assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
      assertThat(second.getRequestCount()).isZero();
    }
  }

  @Test
  void aCloseEndsAWait() throws Exception {
    first.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    second.close();
    RegistryHttp http = client();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread thread = new Thread(() -> end.complete(failure(() -> http.ask(Ask.get("x")))));
    thread.start();
    RecordedRequest unused = first.takeRequest();

    http.close();

    assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> http.ask(Ask.get("x"))).hasMessageEndingWith("closed");
  }

  private interface Work {
    Object run() throws Exception;
  }

  private static Throwable failure(Work work) {
    try {
      return new AssertionError("no failure but " + work.run());
    } catch (Exception e) {
      return e;
    }
  }

  private static final String STREAM = "{\"n\":1}{\"n\":2}\n\n[3]";

  @Test
  void aStreamIsReadValueByValueAndHasAnEnd() throws Exception {
    first.enqueue(new MockResponse.Builder().chunkedBody(STREAM, 4).build());
    try (RegistryHttp http = client();
        JsonStream stream = http.open(Ask.get("x"))) {
      assertThat(stream.next(LONG).map(json -> json.get("n").text())).hasValue("1");
      assertThat(stream.next(LONG).map(json -> json.get("n").text())).hasValue("2");
      assertThat(stream.next(LONG).map(Json::isArray)).hasValue(true);
      assertThat(stream.isOver()).isFalse();
      assertThat(stream.next(LONG)).isEmpty();
      assertThat(stream.isOver()).isTrue();
    }
  }

  @Test
  void aStreamThatIsSilentIsAwaitedForNoLongerThanAllowed() throws Exception {
    first.enqueue(
        new MockResponse.Builder()
            .body("{\"n\":1}     ")
            .throttleBody(7, 20, TimeUnit.SECONDS)
            .build());
    try (RegistryHttp http = client();
        JsonStream stream = http.open(Ask.get("x"))) {
      assertThat(stream.next(LONG)).isPresent();
      assertThat(stream.next(Duration.ofMillis(10))).isEmpty();
      assertThat(stream.next(Duration.ofMillis(10))).isEmpty();
      assertThat(stream.isOver()).isFalse();
    }
  }

  @Test
  void aStreamMayBeClosedWhileItIsRead() throws Exception {
    try (RegistryHttp http = client()) {
      for (int i = 0; i < 30; i++) {
        first.enqueue(
            new MockResponse.Builder()
                .chunkedBody("{\"n\":1}     ", 7)
                .throttleBody(12, 20, TimeUnit.SECONDS)
                .build());
        try (JsonStream stream = http.open(Ask.get("x"))) {
          assertThat(stream.next(LONG)).isPresent();
          assertThat(stream.next(Duration.ofMillis(1))).isEmpty();
        }
      }
    }
  }

  @Test
  void anInterruptEndsAStream() throws Exception {
    first.enqueue(
        new MockResponse.Builder()
            .body("{\"n\":1}     ")
            .throttleBody(7, 20, TimeUnit.SECONDS)
            .build());
    try (RegistryHttp http = client();
        JsonStream stream = http.open(Ask.get("x"))) {
      assertThat(stream.next(LONG)).isPresent();
      CompletableFuture<Throwable> end = new CompletableFuture<>();
      Thread thread = new Thread(() -> end.complete(failure(() -> stream.next(LONG))));
      thread.start();

      thread.interrupt();

      assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aStreamThatBreaksOffIsAFailure() throws Exception {
    first.enqueue(status(200, "{\"n\":1}{\"n\""));
    try (RegistryHttp http = client();
        JsonStream stream = http.open(Ask.get("x"))) {
      assertThat(stream.next(LONG)).isPresent();
      assertThatThrownBy(() -> stream.next(LONG)).hasMessageContaining("not JSON at line 1");
    }
  }

  @Test
  void aStreamThatIsRefusedSaysHow() throws Exception {
    first.enqueue(status(410, "{\"kind\":\"Status\",\"message\":\"too old\"}"));
    try (RegistryHttp http = client()) {
      assertThatThrownBy(() -> http.open(Ask.get("x")))
          .isInstanceOfSatisfying(
              RefusedException.class, refused -> assertThat(refused.status()).isEqualTo(410))
          .hasMessageEndingWith("status 410: too old");
    }
  }

  @Test
  void onlyThoseWhomTheFileVouchesForAreTrusted(@TempDir Path folder) throws Exception {
    HeldCertificate authority = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate server =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .signedBy(authority)
            .build();
    HandshakeCertificates certificates =
        new HandshakeCertificates.Builder().heldCertificate(server).build();
    first.useHttps(certificates.sslSocketFactory());
    first.enqueue(status(200, "1"));
    Path file = folder.resolve("ca.crt");
    try (RegistryHttp http = alone(true, file.toString())) {
      assertThatThrownBy(() -> http.ask(Ask.get("x")))
          .hasMessageEndingWith("ca-file " + file + " is not there");

      Files.writeString(
          file, new HeldCertificate.Builder().certificateAuthority(0).build().certificatePem());
      assertThatThrownBy(() -> http.ask(Ask.get("x"))).hasMessageContaining("TLS: ");

      Files.writeString(file, authority.certificatePem(), StandardCharsets.UTF_8);
      assertThat(http.ask(Ask.get("x")).json().text()).isEqualTo("1");
    }
  }
}
