package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.MeshException;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.Reply;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Allowed networks where the JDK's client can't be watched connecting. */
@Timeout(60)
final class CheckedTest extends LoopbackFixture {

  private static final String KEY = "mesh.allowed-networks";
  private static final String FIRST = "127.0.0.1/32";

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  private static Reply get(HttpClient http, String url) throws Exception {
    return JdkHttpDriverTest.reply(
        http.send(JdkHttpDriverTest.request("GET", url, Map.of(), ""), BodyHandlers.ofString()));
  }

  @Test
  void aServerByNameOverHttpsIsRefusedAndOneByAddressIsNot() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    HttpClient users = trusting(certificate);
    try (MockWebServer server = tls(certificate)) {
      String byName = "localhost:" + server.getPort();
      Mesh named = mesh(byName, KEY, FIRST, "fallback", "default");

      assertThatThrownBy(() -> get(named.wrap(users), "https://inventory/v1"))
          .isInstanceOf(MeshException.class)
          .hasMessage(
              "inventory: MESH-D01 mesh.allowed-networks (127.0.0.1/32): java.net.http.HttpClient"
                  + " resolves localhost by itself over https, so what it connects to can't be"
                  + " checked; list the server by its address, or call this upstream through"
                  + " OkHttp, mesh.wrap(OkHttpClient)");
      assertThat(server.getRequestCount()).isZero();
      assertThat(named.upstream("inventory").servers().get(0).reason()).isEmpty();
      assertQuiet(named);

      Mesh literal = mesh("127.0.0.1:" + server.getPort(), KEY, FIRST);
      assertThat(get(literal.wrap(users), "https://inventory/v1").body()).isEqualTo("secure");
      assertThat(get(mesh(byName).wrap(users), "https://inventory/v1").body()).isEqualTo("secure");
    }
  }

  @Test
  void aHealthCheckThatCannotBeCheckedIsNotMadeAndBlamesNobody() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder()
            .addSubjectAlternativeName("localhost")
            .addSubjectAlternativeName("127.0.0.1")
            .build();
    try (MockWebServer server = tls(certificate)) {
      String literal = "127.0.0.1:" + server.getPort();
      Mesh mesh =
          mesh(
              List.of("localhost:" + server.getPort() + " weight=1000", literal),
              KEY,
              FIRST,
              "health-check.path",
              "/healthz",
              "health-check.interval",
              "100ms");
      HttpClient http = mesh.wrap(trusting(certificate));
      assertThatThrownBy(() -> get(http, "https://inventory/v1")).hasMessageContaining("MESH-D01");

      for (int checks = 0; checks < 5; checks++) {
        assertThat(server.takeRequest().getUrl().host()).isEqualTo("127.0.0.1");
      }

      assertThat(mesh.upstream("inventory").servers()).allMatch(s -> s.reason().isEmpty());
    }
  }

  private static HttpClient trusting(HeldCertificate certificate) {
    return HttpClient.newBuilder()
        .sslContext(
            new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build()
                .sslContext())
        .build();
  }

  private static MockWebServer tls(HeldCertificate certificate) throws IOException {
    MockWebServer server = new MockWebServer();
    server.useHttps(
        new HandshakeCertificates.Builder()
            .heldCertificate(certificate)
            .build()
            .sslSocketFactory());
    for (int i = 0; i < 100; i++) {
      server.enqueue(new MockResponse.Builder().body("secure").build());
    }
    server.start();
    return server;
  }

  @Test
  void ofSeveralAddressesTheFirstInsideIsTaken() throws Exception {
    List<InetAddress> known =
        List.of(InetAddress.getByName("127.0.0.3"), InetAddress.getByName("127.0.0.2"));
    Server server = Server.of("stock.example", 5000);
    URI called = URI.create("http://inventory/v1");
    AllowedNetworks second = AllowedNetworks.of(List.of("127.0.0.2/32"));
    AllowedNetworks none = AllowedNetworks.of(List.of("10.0.0.0/8"));
    assertThat(Checked.address(called, "inventory", server, known, second)).isEqualTo(known.get(1));
    assertThatThrownBy(() -> Checked.address(called, "inventory", server, known, none))
        .isInstanceOf(OutsideNetworksException.class)
        .hasMessageStartingWith("127.0.0.3 of stock.example:5000 is outside");
  }

  @Test
  void whatAProxyWouldConnectToIsRefused() throws Exception {
    LoopbackServer proxy = well();
    LoopbackServer server =
        server(e -> e.reply(302, "", "Location: http://127.0.0.1:" + proxy.port() + "/y"));
    HttpClient users =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(
                ProxySelector.of(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())))
            .build();

    assertThatThrownBy(() -> get(mesh(server, KEY, FIRST).wrap(users), "http://inventory/out"))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining(
            "inventory: redirected out of the mesh: 127.0.0.1 is behind a proxy of the client, so"
                + " it can't be checked against mesh.allowed-networks (127.0.0.1/32)");
    assertThat(proxy.connections).hasValue(0);
  }
}
