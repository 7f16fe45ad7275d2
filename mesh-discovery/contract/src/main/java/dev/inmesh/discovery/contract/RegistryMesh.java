package dev.inmesh.discovery.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Meshes whose upstream {@code inventory} comes from a registry of a test. */
final class RegistryMesh {

  /** What the registry is configured as. */
  static final String ID = "registry";

  private static final long AWAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private RegistryMesh() {}

  static Mesh open(TestRegistry registry, Map<String, String> more) {
    Map<String, String> keys = new HashMap<>(more);
    registry.keys().forEach((key, value) -> keys.put("mesh.discovery." + ID + "." + key, value));
    keys.put("mesh.upstream.inventory.discovery", ID);
    keys.put("mesh.upstream.inventory.discovery.service", registry.service());
    keys.put("mesh.allowed-networks", "127.0.0.0/8");
    return Mesh.builder().properties(keys).build();
  }

  /** The servers that are up. */
  static Set<String> up(Mesh mesh) {
    return statuses(mesh).stream()
        .filter(server -> server.state() == ServerStatus.State.UP)
        .map(ServerStatus::address)
        .collect(Collectors.toSet());
  }

  static List<ServerStatus> statuses(Mesh mesh) {
    return mesh.upstream("inventory").servers();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + AWAIT_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.sleep(5);
    }
  }
}
