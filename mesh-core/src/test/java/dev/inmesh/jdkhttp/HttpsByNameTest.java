package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Check;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.http.HealthProbe;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.Origin;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.timer.DaemonTimers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Over https the client looks a server's name up by itself, on a thread that it blocks: it is asked
 * only when the mesh's own look-up of the name has succeeded just now.
 */
@Timeout(60)
final class HttpsByNameTest extends LoopbackFixture {

  private static final HeldCertificate CERTIFICATE =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private static final HttpRequest GET =
      HttpRequest.newBuilder(URI.create("https://inventory/v1")).build();

  private final MockWebServer server = new MockWebServer();
  private volatile boolean hangs;
  private volatile boolean unknown;
  private volatile boolean silent;
  private final CountDownLatch over = new CountDownLatch(1);

  /** Look-ups that don't come back before somebody runs them. */
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private final Resolver resolver = new Resolver(this::execute, this::addresses);
  private final Resolver.Name name = resolver.name("localhost");

  private void execute(Runnable lookUp) {
    if (hangs) {
      waiting.add(lookUp);
    } else {
      lookUp.run();
    }
  }

  private InetAddress[] addresses(String host) throws UnknownHostException {
    if (unknown) {
      throw new UnknownHostException(host);
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  /** Has the name looked up anew, which else comes with time. */
  private void lookUpAnew() {
    assertThat(name.addresses(System.nanoTime() + Resolver.REFRESH.plusSeconds(1).toNanos()))
        .isNotEmpty();
  }

  @BeforeEach
  void start() throws IOException {
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(CERTIFICATE)
            .build()
            .sslSocketFactory());
    server.setDispatcher(dispatcher);
    server.start();
    open.add(over::countDown);
    open.add(server);
  }

  private final Dispatcher dispatcher =
      new Dispatcher() {
        @Override
        public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
          if (silent) {
            over.await();
          }
          return new MockResponse.Builder().body("secure").build();
        }
      };

  private static UpstreamEngine engine(UpstreamSettings settings) {
    return new UpstreamEngine(
        settings,
        new UpstreamListener() {},
        route -> new UpstreamListener() {},
        RandomSource.perThread(),
        new PauseDetector(),
        System.nanoTime());
  }

  private JdkHttpMesh mesh(UpstreamEngine engine) {
    HttpUpstreams upstreams =
        HttpUpstreams.of(
            List.of(
                new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "")));
    JdkHttpMesh mesh =
        new JdkHttpMesh(
            () -> upstreams,
            resolver,
            () -> AllowedNetworks.ANY,
            new DaemonTimers("timers"),
            ForkJoinPool.commonPool(),
            (upstream, key) -> key);
    mesh.apply(List.of(engine.settings()));
    open.add(mesh);
    return mesh;
  }

  private UpstreamSettings settings(String timeout) {
    return Objects.requireNonNull(
        Configuration.open(
                Sources.of(
                    keys(
                        "localhost:" + server.getPort(),
                        "timeout",
                        timeout,
                        "retry.on",
                        "off",
                        "breaker.enabled",
                        "false",
                        "outlier.mode",
                        "off",
                        "health-check.path",
                        "/healthz")))
            .current()
            .settings()
            .upstreams()
            .get("inventory"));
  }

  private HttpClient client(HttpClient.Version version, String timeout) {
    return mesh(engine(settings(timeout))).wrap(users(version));
  }

  private static HttpClient users(HttpClient.Version version) {
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(
            new HandshakeCertificates.Builder()
                .addTrustedCertificate(CERTIFICATE.certificate())
                .build()
                .sslContext())
        .build();
  }

  private static HttpResponse<String> get(HttpClient http) throws Exception {
    return http.send(GET, BodyHandlers.ofString());
  }

  @Test
  void aLookUpThatHangsIsWaitedForAsAFirstOneIsAndNothingIsSent() throws Exception {
    HttpClient http = client(HttpClient.Version.HTTP_1_1, "2s");
    assertThat(get(http).body()).isEqualTo("secure");
    hangs = true;
    lookUpAnew();

    CallTimeoutException timeout =
        catchThrowableOfType(CallTimeoutException.class, () -> get(http));

    assertThat(timeout).isNotNull();
    assertThat(timeout.phase()).isEqualTo(Phase.RESOLVE);
    assertThat(server.getRequestCount()).isOne();
    assertThat(name.pending().getNumberOfDependents()).isZero();
    hangs = false;
    waiting.remove().run();
    assertThat(get(http).body()).isEqualTo("secure");
  }

  @Test
  void aNameThatIsGoneFailsToConnectUntilItIsBack() throws Exception {
    HttpClient http = client(HttpClient.Version.HTTP_1_1, "20s");
    assertThat(get(http).body()).isEqualTo("secure");
    unknown = true;
    lookUpAnew();

    assertThatThrownBy(() -> get(http))
        .isInstanceOf(MeshException.class)
        .isNotInstanceOf(CallTimeoutException.class)
        .hasMessageContaining("localhost:" + server.getPort() + " connect failed")
        .hasRootCauseInstanceOf(UnknownHostException.class);

    assertThat(server.getRequestCount()).isOne();
    unknown = false;
    lookUpAnew();
    assertThat(get(http).body()).isEqualTo("secure");
  }

  @Test
  void aConnectionOfHttp2IsUsedWhateverBecomesOfTheName() throws Exception {
    HttpClient http = client(HttpClient.Version.HTTP_2, "20s");
    assertThat(get(http).version()).isEqualTo(HttpClient.Version.HTTP_2);

    unknown = true;
    lookUpAnew();
    assertThat(get(http).body()).isEqualTo("secure");
    hangs = true;
    lookUpAnew();
    assertThat(get(http).body()).isEqualTo("secure");

    assertThat(server.takeRequest().getConnectionIndex()).isZero();
    assertThat(server.takeRequest().getConnectionIndex()).isZero();
    assertThat(server.takeRequest().getConnectionIndex()).isZero();
  }

  @Test
  void anHttp2ServerThatAnswersNoMoreIsOneWithoutAConnection() throws Exception {
    HttpClient http = client(HttpClient.Version.HTTP_2, "1s");
    assertThat(get(http).version()).isEqualTo(HttpClient.Version.HTTP_2);
    hangs = true;
    lookUpAnew();
    silent = true;

    for (int i = 0; i < 3; i++) {
      assertThat(catchThrowableOfType(CallTimeoutException.class, () -> get(http)))
          .extracting(CallTimeoutException::phase)
          .isEqualTo(Phase.SERVER);
    }

    assertThat(catchThrowableOfType(CallTimeoutException.class, () -> get(http)))
        .extracting(CallTimeoutException::phase)
        .isEqualTo(Phase.RESOLVE);
  }

  @Test
  void aHealthCheckWaitsForTheLookUpAndKeepsNothingWhenItHangs() throws Exception {
    UpstreamEngine engine = engine(settings("1s"));
    JdkHttpMesh mesh = mesh(engine);
    HttpClient unused = mesh.wrap(users(HttpClient.Version.HTTP_1_1));
    HealthProbe probe = mesh.healthProbe().orElseThrow();
    assertThat(engine.checksDue(System.nanoTime())).isEmpty();
    Check check = engine.checksDue(System.nanoTime() + Duration.ofHours(1).toNanos()).get(0);
    hangs = true;
    lookUpAnew();

    HealthProbe.Finding finding =
        probe
            .ask(engine.settings(), new Origin("https", "inventory", 443), check)
            .get(20, TimeUnit.SECONDS);

    assertThat(finding.failure()).contains(Failure.TIMEOUT);
    assertThat(server.getRequestCount()).isZero();
    await(() -> name.pending().getNumberOfDependents() == 0);
  }
}
