package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.inmesh.Mesh;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import dev.inmesh.http.NetworksContract;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of allowed networks, by {@code send}. */
final class JdkHttpNetworksTest extends NetworksContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return JdkHttpDriverTest.client(mesh);
  }

  @Override
  protected boolean seesWhatIsConnected() {
    return false;
  }

  @Test
  void aHedgeThatCantBeHeldToTheNetworksLeavesTheCallToTheOthers() throws Exception {
    ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    open.add(silent);
    Mesh mesh =
        mesh(
            List.of("127.0.0.1:" + silent.getLocalPort(), "localhost:" + silent.getLocalPort()),
            "mesh.allowed-networks",
            "127.0.0.0/8, ::1/128",
            "balancer",
            "round_robin",
            "hedge.after",
            "50ms",
            "timeout.connect",
            "5s",
            "timeout",
            "1s");
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://inventory/v1")).build();
    List<Throwable> failures = new ArrayList<>();

    for (int i = 0; i < 2; i++) { // One of them begins with the address.
      failures.add(catchThrowable(() -> http.send(request, BodyHandlers.ofString())));
    }

    assertThat(failures).hasAtLeastOneElementOfType(CallTimeoutException.class);
    assertQuiet(mesh);
  }

  @Test
  void closeLetsGoOfTheConnectionsOfAttemptsAndOfRedirectsOutOfTheMesh() throws Exception {
    CountDownLatch closed = new CountDownLatch(2);
    LoopbackServer outside =
        server(e -> e.reply(200, "outside") && hangsUntilItIsClosed(e, closed));
    LoopbackServer server =
        server(
            e ->
                e.reply(302, "", "Location: http://" + outside.address())
                    && hangsUntilItIsClosed(e, closed));
    Mesh mesh = mesh(server, "mesh.allowed-networks", "127.0.0.0/8");
    HttpClient users = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    HttpClient http = mesh.wrap(users);
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://inventory/v1")).build();
    assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("outside");

    mesh.close();

    try {
      await(
          () -> {
            System.gc(); // The JDK closes a client's connections when nobody refers to it any more.
            return closed.getCount() == 0;
          });
    } finally {
      Reference.reachabilityFence(http);
    }
  }

  private static boolean hangsUntilItIsClosed(Exchange exchange, CountDownLatch closed)
      throws IOException {
    boolean stays = exchange.hang();
    closed.countDown();
    return stays;
  }
}
