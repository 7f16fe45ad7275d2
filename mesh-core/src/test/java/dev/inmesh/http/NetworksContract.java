package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.Reload;
import dev.inmesh.http.HttpDriverContract.Client;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every HTTP driver promises of {@code mesh.allowed-networks}, on real sockets: servers listen
 * on 127.0.0.1, which {@code localhost} leads to, and on 127.0.0.2.
 */
@Timeout(60)
public abstract class NetworksContract extends LoopbackFixture {

  private static final String KEY = "mesh.allowed-networks";
  private static final String FIRST = "127.0.0.1/32, ::1/128";
  private static final String SECOND = "127.0.0.2/32";
  private static final String ELSEWHERE = "10.0.0.0/8";

  private final Path keys;

  protected NetworksContract() {
    try {
      keys = Files.createTempFile("networks", ".properties");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.add(() -> Files.delete(keys));
  }

  /** A client of the driver's kind, which follows redirects, wrapped. */
  protected abstract Client wrap(Mesh mesh);

  /** Whether what a redirect's host name leads to can be checked where it is connected. */
  protected boolean seesWhatIsConnected() {
    return true;
  }

  private static Reply get(Client client, String path) throws IOException {
    return client.send("GET", "http://inventory" + path, Map.of(), "");
  }

  private LoopbackServer second(LoopbackServer.Behaviour behaviour) throws IOException {
    LoopbackServer server = LoopbackServer.startOn(InetAddress.getByName("127.0.0.2"), behaviour);
    open.add(server);
    return server;
  }

  private static String byName(LoopbackServer server) {
    return "localhost:" + server.port();
  }

  /** A mesh whose keys can be written anew. */
  private Mesh mesh(String servers, String networks) throws IOException {
    write(servers, networks);
    Mesh mesh = Mesh.of(Map.of("mesh.config.file", keys.toString()));
    open.add(mesh);
    return mesh;
  }

  private void write(String servers, String networks) throws IOException {
    Files.writeString(
        keys, "mesh.upstream.inventory.servers=" + servers + "\n" + KEY + "=" + networks + "\n");
  }

  @Test
  void aNameThatLeadsOutsideIsNotConnectedTo() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(byName(server), ELSEWHERE);
    Client client = wrap(mesh);

    assertThatThrownBy(() -> get(client, "/v1"))
        .isInstanceOf(MeshException.class)
        .hasMessageStartingWith("inventory: no attempt succeeded after ")
        .hasMessageContaining(
            " of "
                + byName(server)
                + " is outside mesh.allowed-networks (10.0.0.0/8); nothing was sent")
        .hasCauseInstanceOf(OutsideNetworksException.class);

    assertThat(server.connections).hasValue(0);
    assertQuiet(mesh);
  }

  @Test
  void whatIsInsideIsConnectedTo() throws Exception {
    LoopbackServer server = well();
    LoopbackServer second = second(e -> e.reply(200, "second"));
    Client client =
        wrap(
            mesh(
                List.of(byName(server), second),
                KEY,
                FIRST + "," + SECOND,
                "balancer",
                "round_robin"));

    assertThat(List.of(get(client, "/v1").body(), get(client, "/v1").body()))
        .containsExactlyInAnyOrder("well /v1", "second");
  }

  @Test
  void callsGoToTheServersInsideAndTheOthersAreTakenOut() throws Exception {
    LoopbackServer outside = well();
    LoopbackServer inside = second(e -> e.reply(200, e.method() + " " + e.body()));
    Mesh mesh = mesh(List.of(byName(outside), inside), KEY, SECOND);
    Client client = wrap(mesh);

    for (int i = 0; i < 20; i++) {
      // Nothing was sent, so that even what must not be sent twice goes on to the next server.
      assertThat(client.send("POST", "http://inventory/v1", Map.of(), "order").body())
          .isEqualTo("POST order");
    }

    assertThat(outside.connections).hasValue(0);
    ServerStatus status = mesh.upstream("inventory").servers().get(0);
    assertThat(status.state()).isEqualTo(ServerStatus.State.EJECTED);
    assertThat(status.reason()).startsWith("outside mesh.allowed-networks x");
  }

  @Test
  void aFallbackAnswersForServersOutside() throws Exception {
    LoopbackServer server = well();
    Client client =
        wrap(mesh(byName(server), KEY, ELSEWHERE, "fallback", "default", "fallback.body", "none"));

    assertThat(get(client, "/v1").body()).isEqualTo("none");
    assertThat(server.connections).hasValue(0);
  }

  @Test
  void aReloadThatWidensTheNetworksLetsItThrough() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(byName(server), ELSEWHERE);
    Client client = wrap(mesh);
    assertThatThrownBy(() -> get(client, "/v1")).isInstanceOf(MeshException.class);

    write(byName(server), ELSEWHERE + "," + FIRST);
    Reload reload = mesh.reload();

    assertThat(reload.problems()).isEmpty();
    assertThat(get(client, "/v1").body()).isEqualTo("well /v1");
  }

  @Test
  void aReloadThatNarrowsThemLeavesNoIdleConnectionBehind() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(byName(server), FIRST);
    Client client = wrap(mesh);
    assertThat(get(client, "/v1").body()).isEqualTo("well /v1");

    write(byName(server), ELSEWHERE);
    Reload reload = mesh.reload();

    assertThat(reload.problems()).isEmpty();
    assertThatThrownBy(() -> get(client, "/v1"))
        .hasMessageContaining("is outside mesh.allowed-networks");
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void aReloadThatPutsAWrittenAddressOutsideIsRefusedAsAWhole() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(server.address(), FIRST);
    Client client = wrap(mesh);

    write(server.address(), ELSEWHERE);
    Reload reload = mesh.reload();

    assertThat(reload.problems())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.toString())
                    .startsWith("MESH-C04 mesh.upstream.inventory.servers: '" + server.address())
                    .contains("is outside mesh.allowed-networks (10.0.0.0/8)"));
    assertThat(get(client, "/v1").body()).isEqualTo("well /v1");
  }

  @Test
  void aRedirectToAnAddressInsideIsFollowed() throws Exception {
    LoopbackServer stranger = second(e -> e.reply(200, "stranger " + e.path()));
    LoopbackServer server = redirecting("http://" + stranger.address() + "/y");
    Client client = wrap(mesh(server, KEY, FIRST + "," + SECOND));

    Reply reply = get(client, "/out");

    assertThat(reply.body()).isEqualTo("stranger /y");
    assertThat(reply.source()).isEmpty();
  }

  @Test
  void aRedirectOutOfTheNetworksIsRefused() throws Exception {
    LoopbackServer stranger = second(e -> e.reply(200, "stranger"));
    LoopbackServer server = redirecting("http://" + stranger.address() + "/y");
    Mesh mesh = mesh(server, KEY, FIRST);
    Client client = wrap(mesh);

    assertThatThrownBy(() -> get(client, "/out"))
        .isInstanceOf(MeshException.class)
        .hasMessage(
            "inventory: redirected out of the mesh: "
                + stranger.address()
                + " is outside mesh.allowed-networks (127.0.0.1/32, ::1/128); nothing was sent")
        .hasCauseInstanceOf(OutsideNetworksException.class);

    assertThat(stranger.connections).hasValue(0);
    assertQuiet(mesh);
  }

  @Test
  void aRedirectBehindARedirectIsCheckedAsTheFirstOneIs() throws Exception {
    LoopbackServer stranger = second(e -> e.reply(200, "stranger"));
    LoopbackServer between = redirecting("http://" + stranger.address() + "/y");
    LoopbackServer server = redirecting("http://" + between.address() + "/x");

    Client limited = wrap(mesh(server, KEY, FIRST));
    assertThatThrownBy(() -> get(limited, "/out"))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining(stranger.address() + " is outside mesh.allowed-networks");
    assertThat(between.requests).hasSize(1);
    assertThat(stranger.connections).hasValue(0);

    Client wide = wrap(mesh(server, KEY, FIRST + "," + SECOND));
    assertThat(get(wide, "/out").body()).isEqualTo("stranger");
  }

  @Test
  void aRedirectToANameGoesByWhatIsConnectedOrNotAtAll() throws Exception {
    LoopbackServer stranger = server(e -> e.reply(200, "stranger"));
    LoopbackServer server = redirecting("http://" + byName(stranger) + "/y");
    LoopbackServer second = redirectingSecond("http://" + byName(stranger) + "/y");

    assertThatThrownBy(() -> get(wrap(mesh(second, KEY, SECOND)), "/out"))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("mesh.allowed-networks (127.0.0.2/32); nothing was sent");
    assertThat(stranger.connections).hasValue(0);

    Client inside = wrap(mesh(server, KEY, FIRST));
    if (seesWhatIsConnected()) {
      assertThat(get(inside, "/out").body()).isEqualTo("stranger");
    } else {
      assertThatThrownBy(() -> get(inside, "/out"))
          .isInstanceOf(MeshException.class)
          .hasMessageContaining("localhost is resolved by java.net.http.HttpClient itself");
      assertThat(stranger.connections).hasValue(0);
    }
  }

  @Test
  void noWayOfWritingTheAddressLeadsOutOfTheNetworks() throws Exception {
    LoopbackServer stranger = second(e -> e.reply(200, "stranger"));
    for (String host :
        List.of(
            "127.2",
            "127.0.2",
            "2130706434",
            "017700000002",
            "0x7f000002",
            "0177.0.0.2",
            "0x7f.0.0.2",
            "127.0.0.2.",
            "[::ffff:127.0.0.2]",
            "[::ffff:7f00:2]",
            "[::127.0.0.2]",
            "%31%32%37.0.0.2")) {
      LoopbackServer server = redirecting("http://" + host + ":" + stranger.port() + "/y");
      Client client = wrap(mesh(server, KEY, FIRST + ",::/0", "timeout", "5s"));

      try {
        assertThat(get(client, "/out").body()).as(host).doesNotContain("stranger");
      } catch (IOException refused) {
        assertThat(refused).isNotNull();
      }
      assertThat(stranger.connections).as(host).hasValue(0);
    }
  }

  @Test
  void aRedirectIntoAnotherUpstreamIsCheckedAsItsCallsAre() throws Exception {
    LoopbackServer payments = well();
    LoopbackServer server = redirectingSecond("http://payments/x");
    Client client =
        wrap(mesh(server, KEY, SECOND, "mesh.upstream.payments.servers", byName(payments)));

    assertThatThrownBy(() -> get(client, "/out"))
        .isInstanceOf(MeshException.class)
        .hasMessageStartingWith("payments: ")
        .hasMessageContaining("is outside mesh.allowed-networks (127.0.0.2/32)");
    assertThat(payments.connections).hasValue(0);
  }

  private LoopbackServer redirecting(String location) throws IOException {
    return server(e -> e.reply(302, "", "Location: " + location));
  }

  private LoopbackServer redirectingSecond(String location) throws IOException {
    return second(e -> e.reply(302, "", "Location: " + location));
  }

  @Test
  void callsThatAreNoUpstreamsPassUntouched() throws Exception {
    LoopbackServer server = well();
    LoopbackServer stranger = server(e -> e.reply(200, "stranger"));
    Client client = wrap(mesh(byName(server), KEY, ELSEWHERE));

    assertThat(client.send("GET", "http://" + stranger.address() + "/", Map.of(), "").body())
        .isEqualTo("stranger");
  }

  @Test
  void healthChecksDontGoOutsideEither() throws Exception {
    LoopbackServer outside = well();
    LoopbackServer inside = second(e -> e.reply(200, "well"));
    Mesh mesh =
        mesh(
            List.of(byName(outside), inside),
            HealthCheckContract.checked(KEY, SECOND, "health-check.unhealthy-threshold", "2"));
    Object unused = wrap(mesh);

    HealthCheckContract.awaitChecks(inside, 3);
    HealthCheckContract.awaitState(mesh, 0, ServerStatus.State.EJECTED);

    assertThat(mesh.upstream("inventory").servers().get(0).reason())
        .contains("health check")
        .contains("is outside mesh.allowed-networks (127.0.0.2/32)");
    assertThat(outside.connections).hasValue(0);
  }
}
