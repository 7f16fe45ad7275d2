package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.http.HealthCheckContract;
import dev.inmesh.http.HttpDriverContract.Client;
import dev.inmesh.http.LoopbackServer;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class JdkHealthCheckTest extends HealthCheckContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected Client wrap(Mesh mesh) {
    return wrap(mesh, HttpClient.newHttpClient());
  }

  private static Client wrap(Mesh mesh, HttpClient users) {
    HttpClient http = mesh.wrap(users);
    return (method, url, headers, body) -> {
      try {
        return JdkHttpDriverTest.reply(
            http.send(
                JdkHttpDriverTest.request(method, url, headers, body), BodyHandlers.ofString()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    };
  }

  @Override
  protected boolean decidesForItself() {
    return false;
  }

  @Test
  void anIdleConnectionThatTheServerClosesIsNoFailure() throws Exception {
    LoopbackServer closing =
        server(
            e -> {
              e.reply(200, "well");
              return false;
            });
    Mesh mesh = mesh(List.of(closing, well()), checked());
    var unused = wrap(mesh);

    awaitChecks(closing, 6);

    assertThat(status(mesh, 0).state()).isEqualTo(ServerStatus.State.UP);
    assertThat(status(mesh, 0).reason()).isEmpty();
  }

  @Test
  void anOkHttpClientIsPreferred() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(server, checked());
    Object unused = mesh.wrap(new OkHttpClient());
    unused = wrap(mesh);

    awaitChecks(server, 2);

    assertThat(server.requests).allMatch(e -> "inventory".equals(e.headers().get("host")));
  }

  @Test
  void afterACallOverTlsChecksGoOverTlsWithTheClientsTrust() throws Exception {
    HeldCertificate trusted =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder().addTrustedCertificate(trusted.certificate()).build();
    try (MockWebServer server = new MockWebServer()) {
      server.useHttps(
          new HandshakeCertificates.Builder().heldCertificate(trusted).build().sslSocketFactory());
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return new MockResponse.Builder().body("secure").build();
            }
          });
      server.start();
      Mesh mesh = mesh("localhost:" + server.getPort(), checked());
      Client client = wrap(mesh, HttpClient.newBuilder().sslContext(trust.sslContext()).build());

      assertThat(client.send("GET", "https://inventory/v1", Map.of(), "").status()).isEqualTo(200);

      await(() -> isCheck(server));
    }
  }

  private static boolean isCheck(MockWebServer server) {
    try {
      RecordedRequest request = server.takeRequest();
      return "/healthz".equals(request.getTarget()) && request.getHandshake() != null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
