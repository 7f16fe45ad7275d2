package dev.inmesh.micrometer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeshMetersTest extends LoopbackFixture {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private Mesh metered(Object servers, String... keysAndValues) {
    Mesh mesh =
        Mesh.builder().properties(keys(servers, keysAndValues)).meterRegistry(registry).build();
    open.add(mesh);
    return mesh;
  }

  private static void call(Mesh mesh, int times) {
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    for (int i = 0; i < times; i++) {
      try (var response =
          http.newCall(new Request.Builder().url("http://inventory/v1").build()).execute()) {
        response.body().bytes();
      } catch (IOException failed) {
        // counted by the meters
      }
    }
  }

  private double count(String meter, String... tags) {
    return registry.get(meter).tags(tags).counter().count();
  }

  private long timed(String meter, String... tags) {
    return registry.get(meter).tags(tags).timer().count();
  }

  private double gauge(String meter, String... tags) {
    return registry.get(meter).tags(tags).gauge().value();
  }

  private Set<String> serverTags() {
    return registry.find("mesh.client.attempts").meters().stream()
        .map(m -> m.getId().getTag("server"))
        .collect(Collectors.toSet());
  }

  @Test
  void aMeshThatIsClosedLeavesTheMetersThatAnotherOneUses() throws Exception {
    LoopbackServer well = well();
    Mesh first = metered(well);
    Mesh second = metered(well);
    call(first, 2);
    call(second, 3);

    first.close();
    first.close();

    String[] success = {"upstream", "inventory", "outcome", "success"};
    assertThat(timed("mesh.client.requests", success)).isEqualTo(5);
    call(second, 4);
    assertThat(timed("mesh.client.requests", success)).isEqualTo(9);
    assertThat(registry.find("mesh.config.version").gauge()).isNotNull();

    second.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void whatOnlyOneOfTwoMeshesHasGoesWithIt() throws Exception {
    Mesh first = metered(well());
    Mesh second = metered(well());
    call(first, 1);
    call(second, 1);
    assertThat(serverTags()).hasSize(2);

    first.close();

    assertThat(serverTags()).hasSize(1);
  }

  @Test
  void theSecondMeshOnARegistryIsWarnedOfOnce() {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      for (int i = 0; i < 3; i++) {
        open.add(Mesh.builder().meterRegistry(registry).build());
      }
    } finally {
      System.setErr(before);
    }

    assertThat(log.toString(UTF_8).lines().filter(line -> line.contains("second mesh")))
        .singleElement()
        .asString()
        .contains("WARN", "Mesh.global()", "one mesh per process");
  }

  @Test
  void callsAttemptsAndRetriesAreCounted() throws Exception {
    LoopbackServer well = well();
    Mesh mesh = metered(List.of("127.0.0.1:" + closedPort(), well));

    call(mesh, 20);

    double retries = count("mesh.client.retries", "upstream", "inventory", "reason", "refused");
    assertThat(retries).isBetween(1.0, 3.0);
    assertThat(timed("mesh.client.requests", "upstream", "inventory", "outcome", "success"))
        .isEqualTo(20);
    assertThat(timed("mesh.client.attempts", "server", well.address(), "outcome", "success"))
        .isEqualTo(20);
    assertThat(timed("mesh.client.attempts", "outcome", "failure")).isEqualTo((long) retries);
    assertThat(count("mesh.outlier.ejections", "reason", "refused")).isOne();
    assertThat(gauge("mesh.servers", "state", "up")).isOne();
    assertThat(gauge("mesh.servers", "state", "ejected")).isOne();
    assertThat(gauge("mesh.client.active", "upstream", "inventory")).isZero();
    assertThat(gauge("mesh.config.version")).isOne();
    assertThat(gauge("mesh.config.rejected")).isZero();
  }

  @Test
  void refusalsFallbacksAndTheBreakerAreCounted() throws Exception {
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    Mesh mesh = metered(bad, "fallback", "default", "breaker.open-duration", "1h");

    call(mesh, 10);
    assertThat(gauge("mesh.breaker.state", "upstream", "inventory")).isEqualTo(2);
    call(mesh, 7);

    assertThat(bad.requests).hasSize(10);
    assertThat(count("mesh.client.rejected", "reason", "breaker")).isEqualTo(7);
    assertThat(count("mesh.client.fallbacks", "source", "default")).isEqualTo(17);
    assertThat(timed("mesh.client.requests", "outcome", "failure")).isEqualTo(17);
  }

  @Test
  void timeoutsAreCountedByTheirPhase() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = metered(hanging, "timeout", "200ms");

    call(mesh, 3);

    // Not how many: one that meets a pause of this JVM may run out of time in an earlier phase.
    assertThat(count("mesh.client.timeouts", "phase", "server")).isPositive();
  }

  @Test
  void theMetersOfARemovedServerAreRemoved(@TempDir Path directory) throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Path file = directory.resolve("mesh.properties");
    Files.writeString(file, "mesh.upstream.inventory.servers=" + a.address() + "," + b.address());
    Mesh mesh =
        Mesh.builder()
            .property("mesh.config.file", file.toString())
            .meterRegistry(registry)
            .build();
    open.add(mesh);
    call(mesh, 10);
    assertThat(serverTags()).containsExactlyInAnyOrder(a.address(), b.address());

    Files.writeString(file, "mesh.upstream.inventory.servers=" + b.address());
    mesh.reload();
    assertThat(serverTags()).containsExactly(b.address());
    Files.writeString(file, "mesh.upstream.payments.servers=" + b.address());
    mesh.reload();

    assertThat(
            registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag("upstream"))
                .filter("inventory"::equals))
        .isEmpty();
  }

  @Test
  void onlySoManyServersHaveMetersOfTheirOwn() throws Exception {
    List<LoopbackServer> servers = List.of(well(), well(), well(), well());
    Mesh mesh = metered(servers, "mesh.metrics.max-servers", "2", "balancer", "round_robin");

    call(mesh, 8);

    assertThat(serverTags())
        .containsExactlyInAnyOrder(servers.get(0).address(), servers.get(1).address(), "other");
    assertThat(timed("mesh.client.attempts", "server", "other")).isEqualTo(4);
  }

  @Test
  void serversCanShareTheirMetersAltogether() throws Exception {
    Mesh mesh = metered(List.of(well(), well()), "mesh.metrics.per-server", "false");

    call(mesh, 4);

    assertThat(serverTags()).containsExactly("other");
  }

  @Test
  void theLastServerThatSharedItsMetersTakesThemAlong(@TempDir Path directory) throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Path file = directory.resolve("mesh.properties");
    String limit = "\nmesh.metrics.max-servers=1\nmesh.upstream.inventory.balancer=round_robin";
    Files.writeString(
        file, "mesh.upstream.inventory.servers=" + a.address() + "," + b.address() + limit);
    Mesh mesh =
        Mesh.builder()
            .property("mesh.config.file", file.toString())
            .meterRegistry(registry)
            .build();
    open.add(mesh);
    call(mesh, 4);
    assertThat(serverTags()).containsExactlyInAnyOrder(a.address(), "other");

    Files.writeString(file, "mesh.upstream.inventory.servers=" + a.address() + limit);
    mesh.reload();

    assertThat(serverTags()).containsExactly(a.address());
  }

  @Test
  void aRouteHasMetersOfItsOwn() throws Exception {
    Mesh mesh = metered(well(), "route.v1.match", "GET /v1*");

    call(mesh, 3);

    assertThat(timed("mesh.client.requests", "route", "v1", "outcome", "success")).isEqualTo(3);
    assertThat(gauge("mesh.servers", "route", "v1", "state", "up")).isOne();
    assertThat(gauge("mesh.client.active", "route", "v1")).isZero();
    assertThat(gauge("mesh.client.active", "route", "none")).isZero();
  }

  @Test
  void anAdaptiveLimitIsAGaugeOfItsServer() throws IOException {
    LoopbackServer server = well();
    Mesh mesh = metered(server, "max-requests", "adaptive");

    call(mesh, 25);

    assertThat(gauge("mesh.server.limit", "server", server.address())).isEqualTo(20);
  }
}
