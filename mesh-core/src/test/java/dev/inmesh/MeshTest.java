package dev.inmesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.Answer;
import dev.inmesh.config.MeshConfigException;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class MeshTest extends LoopbackFixture {

  private static final Request GET = new Request.Builder().url("http://inventory/v1").build();

  private static Response call(OkHttpClient http) throws Exception {
    return call(http, GET);
  }

  private static Response call(OkHttpClient http, Request request) throws Exception {
    try (Response response = http.newCall(request).execute()) {
      response.body().string();
      return response;
    }
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("inmesh-"))
        .collect(Collectors.toSet());
  }

  /** The i-th keys: of the inventory by chance, now and then with a route or another upstream. */
  private static final int LONGEST_FILE = 2_000;

  private static String keys(
      List<LoopbackServer> servers, LoopbackServer other, Random random, int i) {
    String inventory = "mesh.upstream.inventory.";
    List<String> lines = new ArrayList<>();
    lines.add(
        inventory
            + "servers="
            + servers.get(0).address()
            + " weight="
            + (1 + random.nextInt(9))
            + ","
            + servers.get(1).address()
            + (random.nextBoolean() ? "" : "," + servers.get(2).address()));
    lines.add(inventory + "keepalive=" + (8 + random.nextInt(50)));
    lines.add(inventory + "timeout=" + (20 + random.nextInt(10)) + "s");
    lines.add(inventory + "timeout.attempt=" + (random.nextBoolean() ? "none" : "19s"));
    lines.add(inventory + "breaker.window=" + (10 + random.nextInt(10)));
    lines.add(inventory + "breaker.failure-rate=" + (20 + random.nextInt(50)) + "%");
    lines.add(inventory + "breaker.enabled=" + random.nextBoolean());
    if (i / 3 % 2 == 0) {
      lines.add(inventory + "route.one.match=GET /v" + (1 + random.nextInt(2)));
      lines.add(inventory + "route.one.timeout=" + (10 + random.nextInt(5)) + "s");
    }
    if (i / 5 % 2 == 0) {
      // Whether it is configured or not, calls to its host come to the same server.
      lines.add("mesh.upstream.other.servers=" + other.address());
      lines.add("mesh.upstream.other.hosts=" + other.address());
      lines.add("mesh.upstream.other.timeout=" + (20 + random.nextInt(10)) + "s");
    }
    return String.join("\n", lines) + "\n";
  }

  @Test
  void withoutAnyKeyEveryCallPassesAndNoTickerRuns() throws Exception {
    LoopbackServer server = well();
    try (Mesh mesh = Mesh.of(Map.of())) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());

      try (Response response =
          http.newCall(new Request.Builder().url("http://" + server.address() + "/").build())
              .execute()) {
        assertThat(response.body().string()).isEqualTo("well /");
        assertThat(response.header("mesh-source")).isNull();
      }
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(t -> t.getName().equals("inmesh-ticker"));
    }
  }

  @Test
  void anUnknownUpstreamIsNamedWithThoseThereAre() throws Exception {
    Mesh mesh = mesh(well());

    assertThatThrownBy(() -> mesh.upstream("inventori"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no upstream 'inventori': configured are [inventory]; set mesh.upstream.inventori.servers");
  }

  @Test
  void badKeysFailTheStartAllTogether() {
    assertThatThrownBy(
            () ->
                Mesh.of(
                    Map.of(
                        "mesh.upstream.payments.timout",
                        "1s",
                        "mesh.upstream.payments.servers",
                        "a",
                        "mesh.nonsense",
                        "x")))
        .isInstanceOf(MeshConfigException.class)
        .hasMessageContaining(
            "MESH-C01 mesh.upstream.payments.timout: unknown key. Did you mean 'mesh.upstream.payments.timeout'?")
        .hasMessageContaining("mesh.upstream.payments.servers")
        .hasMessageContaining("mesh.nonsense");
  }

  @Test
  void aSecondFallbackForOneUpstreamIsRefused() {
    assertThatThrownBy(
            () ->
                Mesh.builder()
                    .fallback("a", call -> Answer.of(200, "", ""))
                    .fallback("a", call -> Answer.of(200, "", "")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("fallback of a was set before");
  }

  @Test
  @Timeout(60)
  void aSystemPropertyThatIsSetWhileItRunsHoldsForTheNextCall() throws Exception {
    LoopbackServer server = well();
    System.setProperty("mesh.upstream.inventory.servers", server.address());
    try (Mesh mesh = Mesh.builder().property("mesh.config.refresh-interval", "100ms").build()) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      assertThat(call(http).header("mesh-server")).isEqualTo(server.address());

      LoopbackServer other = well();
      System.setProperty("mesh.upstream.inventory.servers", other.address());
      Eventually.await(() -> other.address().equals(call(http).header("mesh-server")));
      assertThat(mesh.configuration().version()).isEqualTo(2);
      assertThat(mesh.upstream("inventory").servers())
          .extracting(ServerStatus::address)
          .containsExactly(other.address());

      assertThat(call(http).header("mesh-server")).isEqualTo(other.address());
      System.setProperty("mesh.upstream.inventory.timeout", "nonsense");
      assertThat(mesh.reload().problems()).hasSize(1);
      assertThat(call(http).header("mesh-server")).isEqualTo(other.address());
    } finally {
      System.clearProperty("mesh.upstream.inventory.servers");
      System.clearProperty("mesh.upstream.inventory.timeout");
    }
  }

  @Test
  @Timeout(300)
  void tenThousandReloadsAndAThousandDrainsUnderLoadFailNoCall(@TempDir Path directory)
      throws Exception {
    List<LoopbackServer> servers = List.of(well(), well(), well());
    LoopbackServer other = well();
    Path file = directory.resolve("mesh.properties");
    String addresses =
        servers.stream().map(LoopbackServer::address).collect(Collectors.joining(","));
    Files.writeString(file, "mesh.upstream.inventory.servers=" + addresses + "\n");
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Set<Thread> threadsBefore = threads();
    Mesh mesh =
        Mesh.builder()
            .property("mesh.config.file", file.toString())
            .property("mesh.config.refresh-interval", "1h")
            .meterRegistry(registry)
            .build();
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong calls = new AtomicLong();
    AtomicLong passedOn = new AtomicLong();
    AtomicLong meshed = new AtomicLong();
    Queue<Throwable> failed = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    Request toOther = new Request.Builder().url("http://" + other.address() + "/other").build();
    for (int t = 0; t < 2; t++) {
      boolean callsOther = t == 1;
      Thread caller =
          new Thread(
              () -> {
                while (!over.get()) {
                  try {
                    Response response = call(http, callsOther ? toOther : GET);
                    String source = response.header("mesh-source");
                    if (callsOther && source == null) {
                      passedOn.incrementAndGet();
                    } else if (!"live".equals(source)) {
                      failed.add(new AssertionError(response.toString()));
                    } else if (callsOther) {
                      meshed.incrementAndGet();
                    }
                    if (response.code() != 200) {
                      failed.add(new AssertionError(response.toString()));
                    }
                    calls.incrementAndGet();
                  } catch (Exception e) {
                    failed.add(e);
                  }
                }
              });
      callers.add(caller);
      caller.start();
    }

    Random random = new Random(1);
    int drains = 0;
    try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 10_000; i++) {
        // In place and always as long: to open a file to write it anew takes longer than a reload.
        String keys = keys(servers, other, random, i);
        writer.write(UTF_8.encode(keys + "\n".repeat(LONGEST_FILE - keys.length())), 0);
        assertThat(mesh.reload().problems()).isEmpty();
        if (i % 10 == 0) {
          String address = servers.get(random.nextInt(2)).address();
          mesh.upstream("inventory").drain(address).get(10, TimeUnit.SECONDS);
          mesh.upstream("inventory").restore(address);
          drains++;
        }
      }
    }
    over.set(true);
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(failed).isEmpty();
    assertThat(calls.get()).isGreaterThan(1_000);
    assertThat(passedOn.get()).isPositive();
    assertThat(meshed.get()).isPositive();
    assertThat(drains).isEqualTo(1_000);
    assertThat(mesh.upstream("inventory").active()).isZero();
    assertThat(mesh.upstream("inventory").servers()).allMatch(s -> s.inFlight() == 0);
    assertThat(registry.getMeters()).isNotEmpty();
    mesh.close();
    mesh.close();
    assertThat(registry.getMeters()).isEmpty();
    await(() -> threadsBefore.containsAll(threads()));
    for (LoopbackServer server : servers) {
      await(() -> server.openConnections() == 0);
    }
    http.connectionPool().evictAll(); // What was passed on is in the client's own pool.
    await(() -> other.openConnections() == 0);
  }

  @Test
  void afterCloseCallsPassUntouched() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(server, "hosts", server.address());
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    mesh.close();

    try (Response response =
        http.newCall(new Request.Builder().url("http://" + server.address() + "/x").build())
            .execute()) {
      assertThat(response.body().string()).isEqualTo("well /x");
      assertThat(response.header("mesh-source")).isNull();
    }
  }
}
