package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.http.HttpDriverContract.Client;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the health checks of every HTTP driver promise, on real sockets. */
@Timeout(60)
public abstract class HealthCheckContract extends LoopbackFixture {

  private static final String PATH = "/healthz";

  /** A client of the driver's kind, wrapped. */
  protected abstract Client wrap(Mesh mesh);

  /** A client that makes no call. */
  private void use(Mesh mesh) {
    var unused = wrap(mesh);
  }

  /** Keys that have every server asked for {@value #PATH} ten times a second. */
  protected static String[] checked(String... keysAndValues) {
    String[] keys = new String[keysAndValues.length + 4];
    keys[0] = "health-check.path";
    keys[1] = PATH;
    keys[2] = "health-check.interval";
    keys[3] = "100ms";
    System.arraycopy(keysAndValues, 0, keys, 4, keysAndValues.length);
    return keys;
  }

  /** How often it was asked for its health. */
  protected static long checks(LoopbackServer server) {
    return server.requests.stream().filter(e -> e.path().equals(PATH)).count();
  }

  protected static void awaitChecks(LoopbackServer server, int more) throws InterruptedException {
    long before = checks(server);
    await(() -> checks(server) >= before + more);
  }

  protected static ServerStatus status(Mesh mesh, int index) {
    return mesh.upstream("inventory").servers().get(index);
  }

  protected static void awaitState(Mesh mesh, int index, ServerStatus.State state)
      throws InterruptedException {
    await(() -> status(mesh, index).state() == state);
  }

  private static Reply get(Client client, String url) throws IOException {
    return client.send("GET", url, Map.of(), "");
  }

  /** Whether the client can name the upstream in the Host header, and its own connections. */
  protected boolean decidesForItself() {
    return true;
  }

  @Test
  void everyServerIsAskedAsACallWouldAsk() throws Exception {
    LoopbackServer one = well();
    LoopbackServer other = well();
    use(mesh(List.of(one, other), checked("health-check.path", "/healthz?deep=1")));

    for (LoopbackServer server : List.of(one, other)) {
      await(() -> server.requests.size() >= 3);
      assertThat(server.requests)
          .allSatisfy(
              e -> {
                assertThat(e.method()).isEqualTo("GET");
                assertThat(e.path()).isEqualTo("/healthz?deep=1");
                assertThat(e.headers())
                    .containsEntry("host", decidesForItself() ? "inventory" : server.address())
                    .containsEntry("user-agent", "inmesh-health-check");
                assertThat(e.body()).isEmpty();
              });
      if (decidesForItself()) {
        assertThat(server.connections.get()).as("a new one each").isGreaterThanOrEqualTo(3);
      }
    }
  }

  @Test
  void theHostHeaderIsTheConfiguredOneOrThatOfTheLatestCall() throws Exception {
    LoopbackServer server = well();
    LoopbackServer renamed = well();
    assumeTrue(decidesForItself());
    Client client = wrap(mesh(server, checked("hosts", "shop.example.no")));
    use(mesh(renamed, checked("host-header", "real.example.no")));

    get(client, "http://shop.example.no:8080/v1");

    await(() -> hosts(server).contains("shop.example.no:8080"));
    await(() -> hosts(renamed).equals(Set.of("real.example.no")));
  }

  private static Set<String> hosts(LoopbackServer server) {
    return server.requests.stream()
        .filter(e -> e.path().equals(PATH))
        .map(e -> e.headers().getOrDefault("host", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void nobodyIsAskedWithoutAClientOrAMesh() throws Exception {
    LoopbackServer idle = well();
    LoopbackServer off = well();
    LoopbackServer used = well();
    Mesh withoutClient = mesh(idle, checked());
    use(mesh(off, checked("mesh.enabled", "false")));
    use(mesh(used, checked()));

    awaitChecks(used, 10);
    assertThat(idle.requests).isEmpty();
    assertThat(off.requests).isEmpty();
    use(withoutClient);

    awaitChecks(idle, 1);
  }

  @Test
  void aServerThatFailsItsChecksIsOutUntilItPassesThem() throws Exception {
    LoopbackServer bad = server(e -> e.reply(e.path().equals(PATH) ? 503 : 200, "bad"));
    LoopbackServer good = well();
    Mesh mesh = mesh(List.of(bad, good), checked());
    Client client = wrap(mesh);

    awaitState(mesh, 0, ServerStatus.State.EJECTED);
    assertThat(status(mesh, 0).reason()).startsWith("health check: http 503 x");
    for (int i = 0; i < 20; i++) {
      assertThat(get(client, "http://inventory/v1").server()).isEqualTo(good.address());
    }
    bad.behave(e -> e.reply(204, ""));

    awaitState(mesh, 0, ServerStatus.State.UP);
    await(() -> get(client, bad));
  }

  /** Whether a call went there. */
  private static boolean get(Client client, LoopbackServer server) {
    try {
      return get(client, "http://inventory/v1").server().equals(server.address());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aServerWhereNothingListensIsOutBeforeAnyCallGoesThere() throws Exception {
    Mesh mesh = mesh(List.of("127.0.0.1:" + closedPort(), well()), checked());
    use(mesh);

    awaitState(mesh, 0, ServerStatus.State.EJECTED);

    assertThat(status(mesh, 0).reason()).startsWith("health check: connect refused x");
  }

  @Test
  void aServerThatHangsIsOutAndDelaysNoOther() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    LoopbackServer good = well();
    Mesh mesh = mesh(List.of(hanging, good), checked("health-check.timeout", "50ms"));
    use(mesh);

    awaitState(mesh, 0, ServerStatus.State.EJECTED);

    assertThat(status(mesh, 0).reason()).contains("timed out");
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    awaitChecks(good, 10);
  }

  @Test
  void aBodyThatNeverEndsIsNoMatter() throws Exception {
    LoopbackServer dripping =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nwell");
              return e.hang();
            });
    Mesh mesh = mesh(List.of(dripping, well()), checked());
    use(mesh);

    awaitChecks(dripping, 6);

    assertThat(status(mesh, 0).reason()).isEmpty();
    assertThat(status(mesh, 0).state()).isEqualTo(ServerStatus.State.UP);
  }

  @Test
  void aRedirectIsWellAndNotFollowed() throws Exception {
    LoopbackServer elsewhere = well();
    LoopbackServer redirecting =
        server(e -> e.reply(302, "", "Location: http://" + elsewhere.address() + "/login"));
    Mesh mesh = mesh(List.of(redirecting, well()), checked());
    use(mesh);

    awaitChecks(redirecting, 6);

    assertThat(status(mesh, 0).reason()).isEmpty();
    assertThat(status(mesh, 0).state()).isEqualTo(ServerStatus.State.UP);
    assertThat(elsewhere.requests).isEmpty();
  }

  @Test
  void anAnswerThatAsksToComeAgainIsOneCheck() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LoopbackServer busy = server(e -> e.reply(503, "", "Retry-After: 0"));
    LoopbackServer late = server(e -> e.reply(408, ""));
    use(metered(registry, List.of(busy, late), checked()));

    for (LoopbackServer server : List.of(busy, late)) {
      awaitChecks(server, 6);
      // One may be under way; were one check two requests, there would be more and more.
      await(() -> counted(registry, server, "failure") >= checks(server) - 1.0);
    }
  }

  private Mesh metered(MeterRegistry registry, List<?> servers, String... keysAndValues) {
    Mesh mesh =
        Mesh.builder().properties(keys(servers, keysAndValues)).meterRegistry(registry).build();
    open.add(mesh);
    return mesh;
  }

  private static double counted(MeterRegistry registry, LoopbackServer server, String outcome) {
    return registry
        .get("mesh.health.checks")
        .tags("upstream", "inventory", "server", server.address(), "outcome", outcome)
        .counter()
        .count();
  }

  @Test
  void aPathThatNobodyKnowsTakesNobodyOut() throws Exception {
    LoopbackServer one = server(e -> e.reply(e.path().equals(PATH) ? 404 : 200, ""));
    LoopbackServer other = server(e -> e.reply(e.path().equals(PATH) ? 404 : 200, ""));
    Mesh mesh = mesh(List.of(one, other), checked());
    Client client = wrap(mesh);

    awaitChecks(one, 6);
    awaitChecks(other, 6);

    await(() -> !status(mesh, 0).reason().isEmpty());
    assertThat(status(mesh, 0).reason()).startsWith("stays, but health check: http 404 x");
    assertThat(status(mesh, 0).state()).isEqualTo(ServerStatus.State.UP);
    assertThat(status(mesh, 1).state()).isEqualTo(ServerStatus.State.UP);
    assertThat(get(client, "http://inventory/v1").status()).isEqualTo(200);
  }

  @Test
  void checksCountByThemselvesAndAreNoAttempts() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    LoopbackServer bad = server(e -> e.reply(500, ""));
    LoopbackServer good = well();
    Mesh mesh = metered(registry, List.of(bad, good), checked("route.r.match", "GET /r"));
    use(mesh);

    awaitState(mesh, 0, ServerStatus.State.EJECTED);
    awaitChecks(good, 3);

    assertThat(counted(registry, bad, "failure")).isGreaterThanOrEqualTo(3);
    assertThat(counted(registry, good, "success")).isGreaterThanOrEqualTo(2);
    assertThat(registry.get("mesh.outlier.ejections").tags("reason", "health_check").counters())
        .hasSize(1)
        .allMatch(counter -> counter.count() == 1);
    assertThat(registry.find("mesh.client.attempts").timers()).isEmpty();
    assertThat(registry.find("mesh.client.requests").timers()).isEmpty();
    mesh.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void aReloadTakesServersInAndOutAndChangesThePath(@TempDir Path directory) throws Exception {
    LoopbackServer leaves = well();
    LoopbackServer stays = well();
    LoopbackServer joins = well();
    Path file = directory.resolve("mesh.properties");
    String prefix = "mesh.upstream.inventory.";
    Files.writeString(file, prefix + "servers=" + leaves.address() + "," + stays.address() + "\n");
    Mesh mesh =
        Mesh.builder()
            .property("mesh.config.file", file.toString())
            .property("mesh.config.refresh-interval", "1h")
            .property(prefix + "health-check.interval", "100ms")
            .build();
    open.add(mesh);
    use(mesh);
    String key = prefix + "health-check.path=";

    Files.writeString(
        file,
        prefix + "servers=" + leaves.address() + "," + stays.address() + "\n" + key + PATH + "\n");
    assertThat(mesh.reload().problems()).isEmpty();
    awaitChecks(leaves, 2);
    Files.writeString(
        file,
        prefix + "servers=" + stays.address() + "," + joins.address() + "\n" + key + "/other\n");
    assertThat(mesh.reload().problems()).isEmpty();

    await(() -> asked(stays, "/other") >= 2 && asked(joins, "/other") >= 2);
    int before = leaves.requests.size();
    long then = asked(stays, "/other");
    await(() -> asked(stays, "/other") >= then + 5);
    assertThat(leaves.requests).hasSize(before);
    assertThat(checks(joins)).isZero();
  }

  private static long asked(LoopbackServer server, String path) {
    return server.requests.stream().filter(e -> e.path().equals(path)).count();
  }

  @Test
  void closingTheMeshBreaksOffWhatIsUnderWay() throws Exception {
    Set<Thread> before = threads();
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Mesh mesh =
        mesh(
            List.of(hanging, well()),
            "health-check.path",
            PATH,
            "health-check.interval",
            "3s",
            "health-check.timeout",
            "3s");
    use(mesh);
    awaitChecks(hanging, 1);

    mesh.close();

    assertThat(hanging.awaitClosedByPeer()).isTrue();
    await(() -> before.containsAll(threads()));
    assertThat(status(mesh, 0).reason()).isEmpty();
    assertThat(status(mesh, 0).state()).isEqualTo(ServerStatus.State.UP);
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("inmesh-"))
        .collect(Collectors.toSet());
  }
}
