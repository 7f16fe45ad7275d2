package dev.inmesh.discovery.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fabric8's server makes of slices that are written as Kubernetes does while pods change. */
@Timeout(60)
final class FabricServerTest {

  private static Map<String, Object> endpoint(
      String host, boolean ready, boolean serving, boolean terminating) {
    return Map.of(
        "addresses", List.of(host),
        "conditions", Map.of("ready", ready, "serving", serving, "terminating", terminating),
        "zone", "a");
  }

  private static Mesh mesh(FabricServer server) {
    Map<String, String> keys = new HashMap<>();
    server.keys().forEach((key, value) -> keys.put("mesh.discovery.k8s." + key, value));
    keys.put("mesh.upstream.inventory.discovery", "k8s");
    keys.put("mesh.upstream.inventory.discovery.service", "inventory:http");
    keys.put("mesh.upstream.inventory.discovery.start-timeout", "20s");
    return Mesh.builder().properties(keys).build();
  }

  private static void await(Mesh mesh, String... starts) throws InterruptedException {
    List<String> words = List.of();
    for (int tries = 0; tries < 4000; tries++) {
      words = mesh.upstream("inventory").servers().stream().map(ServerStatus::toString).toList();
      boolean all = words.size() == starts.length;
      for (int i = 0; all && i < starts.length; i++) {
        all = words.get(i).startsWith(starts[i]);
      }
      if (all) {
        return;
      }
      Thread.sleep(5);
    }
    assertThat(words).containsExactly(starts);
  }

  @Test
  void aPodThatTerminatesIsDrainedAndThenGone() throws Exception {
    try (FabricServer server = new FabricServer()) {
      Object first = endpoint("127.0.0.1", true, true, false);
      Object second = endpoint("127.0.0.2", true, true, false);
      server.put("s", FabricServer.slice("s", 80, List.of(first, second)));
      try (Mesh mesh = mesh(server)) {
        await(mesh, "127.0.0.1:80 up", "127.0.0.2:80 up");

        Object terminating = endpoint("127.0.0.1", false, true, true);
        server.put("s", FabricServer.slice("s", 80, List.of(terminating, second)));
        await(mesh, "127.0.0.1:80 drained", "127.0.0.2:80 up");

        Object starting = endpoint("127.0.0.3", false, false, false);
        server.put("s", FabricServer.slice("s", 80, List.of(second, starting)));
        await(mesh, "127.0.0.2:80 up");

        Object started = endpoint("127.0.0.3", true, true, false);
        server.put("s", FabricServer.slice("s", 80, List.of(second, started)));
        await(mesh, "127.0.0.2:80 up", "127.0.0.3:80 up");
      }
    }
  }

  @Test
  void anEndpointThatMovesFromOneSliceToAnotherStaysOneServer() throws Exception {
    try (FabricServer server = new FabricServer()) {
      Object first = endpoint("127.0.0.1", true, true, false);
      Object second = endpoint("127.0.0.2", true, true, false);
      server.put("s", FabricServer.slice("s", 80, List.of(first, second)));
      try (Mesh mesh = mesh(server)) {
        await(mesh, "127.0.0.1:80 up", "127.0.0.2:80 up");

        Object third = endpoint("127.0.0.3", true, true, false);
        server.put("t", FabricServer.slice("t", 80, List.of(first, third)));
        await(mesh, "127.0.0.1:80 up", "127.0.0.2:80 up", "127.0.0.3:80 up");

        server.put("s", FabricServer.slice("s", 80, List.of(second)));
        server.put("t", FabricServer.slice("t", 80, List.of(third)));
        await(mesh, "127.0.0.2:80 up", "127.0.0.3:80 up");
      }
    }
  }
}
