package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.http.HealthCheckContract;
import dev.inmesh.http.HttpDriverContract.Client;
import dev.inmesh.http.LoopbackServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;

final class OkHttpHealthCheckTest extends HealthCheckContract {

  @Override
  protected Client wrap(Mesh mesh) {
    return wrap(mesh, new OkHttpClient());
  }

  private static Client wrap(Mesh mesh, OkHttpClient users) {
    OkHttpClient http = mesh.wrap(users);
    return (method, url, headers, body) ->
        OkHttpDriverTest.reply(http, new Request.Builder().url(url).build());
  }

  @Test
  void nothingOfTheUsersCodeRunsNorHisProxy() throws Exception {
    LoopbackServer server = well();
    LoopbackServer proxy = well();
    AtomicInteger ran = new AtomicInteger();
    Interceptor counting =
        chain -> {
          ran.incrementAndGet();
          return chain.proceed(chain.request());
        };
    CookieJar jar =
        new CookieJar() {
          @Override
          public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
            ran.incrementAndGet();
          }

          @Override
          public List<Cookie> loadForRequest(HttpUrl url) {
            ran.incrementAndGet();
            return List.of();
          }
        };
    OkHttpClient users =
        new OkHttpClient.Builder()
            .addInterceptor(counting)
            .addNetworkInterceptor(counting)
            .cookieJar(jar)
            .proxy(
                new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())))
            .build();
    var unused = wrap(mesh(server, checked()), users);

    awaitChecks(server, 3);

    assertThat(ran.get()).isZero();
    assertThat(proxy.requests).isEmpty();
    assertThat(server.requests.get(0).headers())
        .containsEntry("user-agent", "inmesh-health-check")
        .doesNotContainKeys("cookie", "authorization");
  }

  private static HeldCertificate certificate(String name) {
    return new HeldCertificate.Builder().addSubjectAlternativeName(name).build();
  }

  private MockWebServer secure(HeldCertificate certificate) throws Exception {
    MockWebServer server = new MockWebServer();
    open.add(server);
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate)
            .build()
            .sslSocketFactory());
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body("secure").build();
          }
        });
    server.start();
    return server;
  }

  private static OkHttpClient trusting(HeldCertificate... certificates) {
    HandshakeCertificates.Builder trust = new HandshakeCertificates.Builder();
    for (HeldCertificate certificate : certificates) {
      trust.addTrustedCertificate(certificate.certificate());
    }
    HandshakeCertificates built = trust.build();
    return new OkHttpClient.Builder()
        .sslSocketFactory(built.sslSocketFactory(), built.trustManager())
        .build();
  }

  private static String address(MockWebServer server) {
    return "127.0.0.1:" + server.getPort();
  }

  @Test
  void afterACallOverTlsChecksGoOverTlsWithTheClientsTrust() throws Exception {
    HeldCertificate trusted = certificate("inventory");
    MockWebServer good = secure(trusted);
    MockWebServer alsoGood = secure(trusted);
    MockWebServer stranger = secure(certificate("inventory"));
    Mesh mesh =
        mesh(
            List.of(address(stranger), address(good), address(alsoGood)),
            checked("outlier.mode", "off", "retry.tries", "3"));
    Client client = wrap(mesh, trusting(trusted));

    await(() -> wentWell(client));
    awaitState(mesh, 0, ServerStatus.State.EJECTED);

    await(() -> status(mesh, 0).reason().startsWith("health check: connect failed: "));
    awaitState(mesh, 1, ServerStatus.State.UP);
    await(() -> askedOverTls(good));
  }

  private static boolean wentWell(Client client) {
    try {
      return client.send("GET", "https://inventory/v1", Map.of(), "").status() == 200;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  private static boolean askedOverTls(MockWebServer server) {
    try {
      RecordedRequest request = server.takeRequest();
      return "/healthz".equals(request.getTarget()) && request.getHandshake() != null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTlsNameMeansTlsFromTheFirstCheckOn() throws Exception {
    HeldCertificate named = certificate("real.example.no");
    MockWebServer server = secure(named);
    Mesh mesh = mesh(address(server), checked("tls-name", "real.example.no"));
    var unused = wrap(mesh, trusting(named));

    RecordedRequest request = server.takeRequest();

    assertThat(request.getTarget()).isEqualTo("/healthz");
    assertThat(request.getHandshake()).isNotNull();
    assertThat(request.getUrl().host()).isEqualTo("inventory");
  }
}
