package dev.inmesh.http;

import dev.inmesh.Eventually;
import dev.inmesh.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/** Servers and meshes of one test, closed after it. */
public abstract class LoopbackFixture {

  protected final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  protected final LoopbackServer server(LoopbackServer.Behaviour behaviour) throws IOException {
    LoopbackServer server = LoopbackServer.start(behaviour);
    open.add(server);
    return server;
  }

  protected final LoopbackServer well() throws IOException {
    return server(e -> e.reply(200, "well " + e.path()));
  }

  /** A port where nothing listens, nor can until the test is over: it is bound all the while. */
  protected final int closedPort() throws IOException {
    Socket bound = new Socket();
    open.add(bound);
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return bound.getLocalPort();
  }

  protected final Mesh mesh(Object servers, String... keysAndValues) {
    Map<String, String> keys = keys(servers, keysAndValues);
    Mesh mesh = Mesh.of(keys);
    open.add(mesh);
    return mesh;
  }

  protected static Map<String, String> keys(Object servers, String... keysAndValues) {
    Map<String, String> keys = new HashMap<>();
    keys.put(
        "mesh.upstream.inventory.servers",
        servers instanceof List<?> list
            ? list.stream()
                .map(s -> s instanceof LoopbackServer server ? server.address() : s.toString())
                .collect(Collectors.joining(","))
            : servers instanceof LoopbackServer server ? server.address() : servers.toString());
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = keysAndValues[i];
      keys.put(
          key.startsWith("mesh.") ? key : "mesh.upstream.inventory." + key, keysAndValues[i + 1]);
    }
    return keys;
  }

  /** Waits for what another thread brings about; fails after a generous time. */
  protected static void await(BooleanSupplier condition) throws InterruptedException {
    Eventually.await(condition::getAsBoolean);
  }

  protected static void assertQuiet(Mesh mesh) throws InterruptedException {
    await(() -> mesh.upstream("inventory").active() == 0);
    await(() -> mesh.upstream("inventory").servers().stream().allMatch(s -> s.inFlight() == 0));
  }
}
