package dev.inmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.NoServerException;
import dev.inmesh.registry.Script;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lists of a registry, through a mesh. */
@Timeout(60)
final class DiscoveryTest {

  private final Script script = new Script();
  private final Map<String, String> keys = new LinkedHashMap<>();

  DiscoveryTest() {
    keys.put("mesh.discovery.r.type", "scripted");
    keys.put("mesh.discovery.r.script", script.name());
    keys.put("mesh.upstream.inventory.discovery", "r");
  }

  @AfterEach
  void close() {
    script.close();
    keys.keySet().forEach(System::clearProperty);
  }

  private static List<String> servers(Mesh mesh) {
    return mesh.upstream("inventory").servers().stream()
        .map(s -> s.address() + " " + s.state())
        .toList();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(2);
    }
  }

  /** A mesh that follows the system properties. */
  private Mesh live() {
    keys.forEach(System::setProperty);
    return Mesh.fromSystemProperties();
  }

  private static void set(Mesh mesh, String key, String value) {
    System.setProperty(key, value);
    assertThat(mesh.reload().problems()).isEmpty();
  }

  @Test
  void theListOfTheRegistryIsThatOfTheUpstream() throws InterruptedException {
    script.list("10.0.0.1:80", "10.0.0.2:80 drain");
    try (Mesh mesh = Mesh.of(keys)) {
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP", "10.0.0.2:80 DRAINED");

      script.list("10.0.0.2:80", "10.0.0.3:80 down");
      await(() -> servers(mesh).equals(List.of("10.0.0.2:80 UP", "10.0.0.3:80 DOWN")));
    }
  }

  @Test
  void aCallWithoutServersSaysWhatTheRegistrySays() throws Exception {
    keys.put("mesh.upstream.inventory.discovery.start-timeout", "0ms");
    keys.put("mesh.upstream.inventory.breaker.enabled", "false");
    try (Mesh mesh = Mesh.of(keys)) {
      assertThatThrownBy(() -> mesh.upstream("inventory").call(server -> "x"))
          .isInstanceOf(NoServerException.class)
          .hasMessageContaining("0 known; no list from r yet");

      script.list("10.0.0.1:80 down");
      await(() -> !servers(mesh).isEmpty());

      assertThatThrownBy(() -> mesh.upstream("inventory").call(server -> "x"))
          .isInstanceOf(NoServerException.class)
          .hasMessageContaining("1 known, 1 down; list from r 0s ago");

      script.fail("connection refused");
      await(
          () -> {
            try {
              return mesh.upstream("inventory").call(server -> "x").isEmpty();
            } catch (IOException e) {
              return String.valueOf(e.getMessage()).contains("s ago (connection refused)");
            }
          });
    }
  }

  @Test
  void aRouteHasTheSameServers() throws Exception {
    keys.put("mesh.upstream.inventory.route.reads.match", "GET /*");
    keys.put("mesh.upstream.inventory.route.reads.timeout", "5s");
    try (MockWebServer before = saying("before");
        MockWebServer after = saying("after")) {
      script.list("127.0.0.1:" + before.getPort());
      try (Mesh mesh = Mesh.of(keys)) {
        OkHttpClient http = mesh.wrap(new OkHttpClient());
        assertThat(body(http)).isEqualTo("before");

        script.list("127.0.0.1:" + after.getPort());

        // A moment after the upstream itself.
        while (!body(http).equals("after")) {
          Thread.sleep(2);
        }
      }
    }
  }

  private static MockWebServer saying(String text) throws IOException {
    MockWebServer server = new MockWebServer();
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body(text).build();
          }
        });
    server.start();
    return server;
  }

  @Test
  void aServerWhoseAttributesChangeKeepsItsConnections() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().build());
      server.enqueue(new MockResponse.Builder().build());
      server.start();
      String address = "127.0.0.1:" + server.getPort();
      script.list(address);
      try (Mesh mesh = Mesh.of(keys)) {
        OkHttpClient http = mesh.wrap(new OkHttpClient());
        assertThat(body(http)).isEmpty();

        script.list(address + " drain", "10.0.0.1:80 down");
        await(() -> servers(mesh).size() == 2);
        script.list(address + " weight=2");
        await(() -> servers(mesh).equals(List.of(address + " UP")));

        assertThat(body(http)).isEmpty();
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
      }
    }
  }

  private static String body(OkHttpClient http) throws IOException {
    Request request = new Request.Builder().url("http://inventory/stock").build();
    try (Response response = http.newCall(request).execute()) {
      return response.body().string();
    }
  }

  @Test
  void aReloadKeepsASourceThatDidNotChange() {
    script.list("10.0.0.1:80");
    try (Mesh mesh = live()) {
      set(mesh, "mesh.upstream.inventory.timeout", "3s");
      keys.put("mesh.upstream.inventory.timeout", "");

      assertThat(script.opened()).hasSize(1);
      assertThat(script.followed()).isOne();
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP");
    }
    assertThat(script.closed()).isOne();
  }

  @Test
  void aChangedRegistryIsOpenedAnewAndTheListStaysMeanwhile() throws InterruptedException {
    script.list("10.0.0.1:80");
    try (Mesh mesh = live()) {
      script.fail("away");
      set(mesh, "mesh.discovery.r.token", "hush");
      keys.put("mesh.discovery.r.token", "");

      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP");
      await(() -> script.opened().size() == 2);
      assertThat(script.closed()).isOne();

      script.list("10.0.0.2:80");
      script.recover();
      await(() -> servers(mesh).equals(List.of("10.0.0.2:80 UP")));
    }
  }

  @Test
  void fromServersToARegistryAndBackNoServerIsLost() throws InterruptedException {
    String servers = "mesh.upstream.inventory.servers";
    String discovery = "mesh.upstream.inventory.discovery";
    keys.remove(discovery);
    keys.put(servers, "10.0.0.1:80, 10.0.0.2:80");
    try (Mesh mesh = live()) {
      mesh.upstream("inventory").drain("10.0.0.1:80").join();

      System.clearProperty(servers);
      set(mesh, discovery, "r");
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 DRAINED", "10.0.0.2:80 UP");

      script.list("10.0.0.1:80", "10.0.0.3:80");
      await(() -> servers(mesh).equals(List.of("10.0.0.1:80 DRAINED", "10.0.0.3:80 UP")));

      System.clearProperty(discovery);
      set(mesh, servers, "10.0.0.9:80");
      assertThat(servers(mesh)).containsExactly("10.0.0.9:80 UP");
      await(() -> script.closed() == 1);
    } finally {
      System.clearProperty(discovery);
    }
  }

  @Test
  void aListThatIsOlderThanAllowedIsDropped() throws InterruptedException {
    keys.put("mesh.upstream.inventory.discovery.max-stale", "50ms");
    script.list("10.0.0.1:80");
    try (Mesh mesh = Mesh.of(keys)) {
      script.fail("away");
      await(() -> servers(mesh).isEmpty());

      script.recover();
      await(() -> servers(mesh).equals(List.of("10.0.0.1:80 UP")));
    }
  }

  @Test
  void theAgeIsAGaugeThatGoesWithItsUpstream() throws InterruptedException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    script.list("10.0.0.1:80");
    try (Mesh mesh = Mesh.builder().properties(keys).meterRegistry(meters).build()) {
      var age =
          meters
              .get("mesh.discovery.age")
              .tag("upstream", "inventory")
              .tag("registry", "r")
              .gauge();
      script.fail("away");
      await(() -> age.value() > 0.1);

      script.recover();
      await(() -> age.value() < 0.1);
      assertThat(servers(mesh)).hasSize(1);
    }
    assertThat(meters.find("mesh.discovery.age").gauge()).isNull();
  }

  @Test
  void aSubsetIsUsed() {
    keys.put("mesh.upstream.inventory.discovery.subset", "2");
    script.list("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80", "10.0.0.5:80");

    try (Mesh mesh = Mesh.of(keys)) {
      assertThat(servers(mesh)).hasSize(2);
    }
  }

  @Test
  void networksHoldForWhatARegistryLists() {
    keys.put("mesh.allowed-networks", "10.0.0.0/8");
    script.list("10.0.0.1:80", "192.168.0.1:80");

    try (Mesh mesh = Mesh.of(keys)) {
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP");
    }
  }

  @Test
  void aMeshIsClosedWhileItsRegistryIsAway() {
    keys.put("mesh.upstream.inventory.discovery.start-timeout", "0ms");
    script.fail("away");

    Mesh.of(keys).close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("inmesh-discovery-inventory"));
  }
}
