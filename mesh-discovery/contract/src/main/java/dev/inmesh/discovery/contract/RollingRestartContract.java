package dev.inmesh.discovery.contract;

import static dev.inmesh.discovery.contract.RegistryMesh.await;
import static dev.inmesh.discovery.contract.RegistryMesh.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.Registration;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A rolling restart of three servers under 200 calls a second, each drained, deregistered, stopped,
 * started and registered: no call fails, and none needs a second attempt.
 *
 * <p>{@code -Dinmesh.rolling.rounds=20} restarts all three twenty times instead of twice.
 */
@Timeout(1800)
public abstract class RollingRestartContract {

  private static final int ROUNDS = Integer.getInteger("inmesh.rolling.rounds", 2);
  private static final int SERVERS = 3;

  /** What the list has, where the test writes it. */
  private final Map<Integer, ServerEntry> listed = new TreeMap<>();

  /** Takes the contract on. */
  protected RollingRestartContract() {}

  /**
   * Starts a registry that lists nothing yet.
   *
   * @param port of the servers that it will list
   */
  protected abstract TestRegistry start(int port) throws Exception;

  /** How long a drained server goes on: until clients of this registry have seen it. */
  protected Duration drainFor() {
    return Duration.ofSeconds(1);
  }

  /**
   * Whether servers register themselves here. Where they can't, whoever restarts them writes the
   * list: with one drained, then without it, then with it again.
   */
  protected boolean isWrittenByServers() {
    return true;
  }

  /** A server's place in the registry. */
  private interface Place {

    /** Drains, waits, takes away. */
    void leave() throws Exception;
  }

  private Place register(Mesh mesh, TestRegistry registry, LoopbackServers servers, int index)
      throws Exception {
    ServerEntry entry = servers.entry(index);
    if (isWrittenByServers()) {
      Registration registration =
          mesh.registration(RegistryMesh.ID, registry.service(), entry)
              .drainFor(drainFor())
              .start();
      return registration::close;
    }
    listed.put(index, entry);
    registry.list(List.copyOf(listed.values()));
    return () -> {
      listed.put(index, entry.with("drain"));
      registry.list(List.copyOf(listed.values()));
      Thread.sleep(drainFor().toMillis());
      listed.remove(index);
      registry.list(List.copyOf(listed.values()));
    };
  }

  @Test
  final void noCallFailsWhileThreeServersAreRestarted() throws Exception {
    // One attempt for each call: none is saved by another.
    Map<String, String> keys = Map.of("mesh.upstream.inventory.retry.tries", "1");
    try (LoopbackServers servers = LoopbackServers.start(SERVERS);
        TestRegistry registry = start(servers.port());
        Mesh mesh = RegistryMesh.open(registry, keys)) {
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < SERVERS; i++) {
        places.add(register(mesh, registry, servers, i));
      }
      Set<String> all = new TreeSet<>();
      for (int i = 0; i < SERVERS; i++) {
        all.add(servers.address(i));
      }
      await("all servers", () -> up(mesh).equals(all));
      try (Load load = Load.on(mesh)) {
        long startedAt = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
          for (int i = 0; i < SERVERS; i++) {
            places.get(i).leave();
            servers.stop(i);
            servers.restart(i);
            places.set(i, register(mesh, registry, servers, i));
            await("all servers", () -> up(mesh).equals(all));
          }
        }
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "%s: %d rounds of %d restarts in %.1f s; %d calls (%.0f/s), %d failed%n",
            getClass().getSimpleName(),
            ROUNDS,
            SERVERS,
            seconds,
            load.calls(),
            load.calls() / seconds,
            load.failures().size());
        assertThat(load.failures()).isEmpty();
      }
    }
  }
}
