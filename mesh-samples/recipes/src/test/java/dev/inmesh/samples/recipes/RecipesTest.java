package dev.inmesh.samples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetupTest;
import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.Upstream;
import dev.inmesh.call.MeshException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.ResourceAccessException;

/** Each recipe does what it says. */
final class RecipesTest {

  private static final String STOCK = "{\"stock\":7}";

  @AfterEach
  void clearProperties() {
    System.clearProperty("mesh.upstream.inventory.servers");
    System.clearProperty("mesh.upstream.inventory.timeout");
  }

  @Test
  void firstCallIsAnsweredByAServerOfTheUpstream() throws Exception {
    try (LocalServer a = LocalServer.answering(STOCK);
        LocalServer b = LocalServer.answering(STOCK)) {
      System.setProperty("mesh.upstream.inventory.servers", a.address() + ", " + b.address());

      assertThat(FirstCall.run())
          .isIn(STOCK + " from " + a.address(), STOCK + " from " + b.address());
    }
  }

  @Test
  void aPageIsAnsweredInTimeWhateverHangs() throws Exception {
    try (LocalServer well = LocalServer.answering(STOCK);
        LocalServer hanging = LocalServer.hanging()) {
      assertThat(PageUnderDeadline.run(well.address(), hanging.address(), Duration.ofSeconds(3)))
          .containsExactly(
              "inventory/stock live", "reviews/best default", "inventory/price default");
      assertThat(well.calls()).isOne();
    }
  }

  @Test
  void aServerThatJoinsTheFileIsCalled() throws Exception {
    try (LocalServer a = LocalServer.answering("a");
        LocalServer b = LocalServer.answering("b")) {
      assertThat(ServersFromFile.run(a.address(), b.address())).containsExactly("a", "b");
    }
  }

  @Test
  void weightsShareTheCallsFiveToOne() throws Exception {
    try (LocalServer big = LocalServer.answering(STOCK);
        LocalServer small = LocalServer.answering(STOCK)) {
      assertThat(Weights.run(big.address(), small.address()))
          .containsOnly(Map.entry(big.address(), 50), Map.entry(small.address(), 10));
    }
  }

  @Test
  void aHangingServerCostsOneAttemptAndAnotherAnswers() throws Exception {
    try (LocalServer hanging = LocalServer.hanging();
        LocalServer well = LocalServer.answering(STOCK)) {
      String backup = hanging.address() + ", " + well.address() + " backup";

      assertThat(TimeoutsAndDefault.run(backup)).isEqualTo(STOCK + ", retry");
    }
  }

  @Test
  void mailIsSentByTheServerThatCanBeReached() throws Exception {
    GreenMail smtp = new GreenMail(ServerSetupTest.SMTP.dynamicPort());
    smtp.start();
    try {
      String well = "127.0.0.1:" + smtp.getSmtp().getPort();

      assertThat(AnyProtocol.run("127.0.0.1:" + closedPort() + ", " + well, "Order 7"))
          .isEqualTo(well);

      assertThat(smtp.getReceivedMessages()).hasSize(1);
      assertThat(smtp.getReceivedMessages()[0].getSubject()).isEqualTo("Order 7");
    } finally {
      smtp.stop();
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theDefaultAnswersWhenNobodyDoes() throws Exception {
    try (LocalServer hanging = LocalServer.hanging()) {
      assertThat(TimeoutsAndDefault.run(hanging.address()))
          .isEqualTo("{\"stock\":\"unknown\"}, default");
      assertThat(hanging.calls()).isEqualTo(2);
    }
  }

  @Test
  void aServerGetsNoCallWhileItIsDeployed() throws Exception {
    try (LocalServer a = LocalServer.answering(STOCK);
        LocalServer b = LocalServer.answering(STOCK);
        Mesh mesh =
            Mesh.of(Map.of("mesh.upstream.inventory.servers", a.address() + ", " + b.address()))) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      Upstream inventory = mesh.upstream("inventory");
      List<String> deployed = new ArrayList<>();

      DrainForDeployment.run(
          inventory,
          address -> {
            deployed.add(address);
            for (int i = 0; i < 10; i++) {
              assertThat(server(http)).isNotEqualTo(address);
            }
          });

      assertThat(deployed).containsExactly(a.address(), b.address());
      assertThat(inventory.servers())
          .extracting(ServerStatus::state)
          .containsOnly(ServerStatus.State.UP);
    }
  }

  @Test
  void noCallFailsWhileThreeServicesAreRestarted() throws Exception {
    try (TestingServer zooKeeper = new TestingServer();
        Mesh mesh =
            Mesh.of(
                Map.of(
                    "mesh.discovery.zk.type", "zookeeper",
                    "mesh.discovery.zk.address", zooKeeper.getConnectString(),
                    "mesh.upstream.inventory.discovery", "zk",
                    "mesh.upstream.inventory.retry.on", "off"))) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      Set<String> servers = ConcurrentHashMap.newKeySet();
      AtomicBoolean over = new AtomicBoolean();
      FutureTask<Void> calls =
          new FutureTask<>(
              () -> {
                while (!over.get()) {
                  servers.add(server(http));
                }
                return null;
              });

      RollingRestart.run(mesh, () -> new Thread(calls).start());
      over.set(true);

      // It throws what a call threw.
      calls.get();
      assertThat(servers).hasSize(3).doesNotContain("nobody");
    }
  }

  @Test
  void theFallbackInCodeAnswersWhatItKnows() throws Exception {
    String nobody = LocalServer.nobody();

    assertThat(FallbackInCode.run(nobody, "/v1/price/7")).contains("19.90");
    assertThatThrownBy(() -> FallbackInCode.run(nobody, "/v1/price/8"))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("connect refused");
  }

  @Test
  void aChangedTimeoutHoldsForTheNextCallAndAWrongOneChangesNothing() throws Exception {
    try (LocalServer slow = LocalServer.answeringAfter(300, STOCK)) {
      List<String> seen = LiveChange.run(slow.address());

      assertThat(seen).hasSize(4);
      assertThat(seen.get(0)).isEqualTo("timed out");
      assertThat(seen.get(1)).isEqualTo(STOCK);
      assertThat(seen.get(2)).contains("mesh.upstream.inventory.timeout", "no unit");
      assertThat(seen.get(3)).isEqualTo(STOCK);
    }
  }

  @Test
  void springsRestClientCallsTheUpstreamAndItsExceptionTellsWhatFailed() throws Exception {
    String nobody = LocalServer.nobody();
    try (LocalServer a = LocalServer.answering(STOCK)) {
      assertThat(SpringRestClient.run(a.address())).isEqualTo(STOCK + " from " + a.address());
    }

    assertThatThrownBy(() -> SpringRestClient.run(nobody))
        .isInstanceOf(ResourceAccessException.class)
        .hasCauseInstanceOf(MeshException.class)
        .hasMessageContaining(nobody + " connect refused");
  }

  @Test
  void aRetrofitServiceCallsTheUpstream() throws Exception {
    try (LocalServer a = LocalServer.answering(STOCK)) {
      assertThat(RetrofitService.run(a.address())).isEqualTo(STOCK + " from " + a.address());
    }
  }

  private static String server(OkHttpClient http) {
    Request request = new Request.Builder().url("http://inventory/").build();
    try (Response response = http.newCall(request).execute()) {
      return response.header("mesh-server", "nobody");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
