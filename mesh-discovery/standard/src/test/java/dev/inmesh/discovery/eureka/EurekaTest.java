package dev.inmesh.discovery.eureka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.discovery.eureka.server.EurekaProcess;
import dev.inmesh.discovery.http.Follow;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a real Eureka says of an instance, and how it says what has changed. */
@Timeout(180)
final class EurekaTest {

  @SuppressWarnings("NullAway.Init") // Before all tests.
  private static EurekaProcess eureka;

  /** It forgets at once what it would tell of changes, so that they can't add up. */
  @BeforeAll
  static void startEureka() throws Exception {
    eureka =
        EurekaProcess.start(
            "--eureka.server.retentionTimeInMSInDeltaQueue=1",
            "--eureka.server.deltaRetentionTimerIntervalInMs=20");
  }

  @AfterAll
  static void endEureka() {
    eureka.close();
  }

  private final Registrations registrations = new Registrations(eureka.address());

  private static Mesh mesh(String app, String... more) {
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.discovery.r.type", "eureka");
    keys.put("mesh.discovery.r.address", eureka.address());
    keys.put("mesh.discovery.r.poll", "200ms");
    keys.put("mesh.upstream.u.discovery", "r");
    keys.put("mesh.upstream.u.discovery.service", app);
    keys.put("mesh.upstream.u.discovery.start-timeout", "20s");
    for (String line : more) {
      int equals = line.indexOf('=');
      keys.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return Mesh.of(keys);
  }

  private static List<String> servers(Mesh mesh) {
    return mesh.upstream("u").servers().stream()
        .map(s -> s.address() + " " + s.state() + " " + s.weight())
        .toList();
  }

  private static void awaitServers(Mesh mesh, String... expected) throws InterruptedException {
    while (!servers(mesh).equals(List.of(expected))) {
      Thread.sleep(10);
    }
  }

  private void register(String app, String id, ServerEntry entry, String status) throws Exception {
    Map<String, Object> instance = Registrations.instance(app, id, entry);
    instance.put("status", status);
    registrations.register(app, instance);
  }

  @Test
  void statusesAreTakenAsTheyAreMeant() throws Exception {
    register("statuses", "a", ServerEntry.of("10.0.0.1", 80).with("weight", "5"), "UP");
    register("statuses", "b", ServerEntry.of("10.0.0.2", 80), "OUT_OF_SERVICE");
    register("statuses", "c", ServerEntry.of("10.0.0.3", 80), "DOWN");
    register("statuses", "d", ServerEntry.of("10.0.0.4", 80), "STARTING");
    register("statuses", "e", ServerEntry.of("10.0.0.5", 80), "UNKNOWN");

    try (Mesh mesh = mesh("Statuses")) {
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP 5", "10.0.0.2:80 DRAINED 1");
    }
  }

  @Test
  void anOverrideDrainsAndIsTakenBackThoughNoChangeIsTold() throws Exception {
    register("override", "a", ServerEntry.of("10.0.0.1", 80), "UP");
    try (Mesh mesh = mesh("override")) {
      assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP 1");

      registrations.override("override", "a", "OUT_OF_SERVICE");
      awaitServers(mesh, "10.0.0.1:80 DRAINED 1");

      registrations.override("override", "a", "UP");
      awaitServers(mesh, "10.0.0.1:80 UP 1");
    }
  }

  private static Registrar registrar() {
    EurekaSourceFactory factory = new EurekaSourceFactory();
    return factory
        .registrar(Follow.settings(factory, Map.of("address", List.of(eureka.address()))))
        .orElseThrow();
  }

  @Test
  void whatAFormerProcessLeftDrainedBecomesThisOnes() throws Exception {
    ServerEntry entry = ServerEntry.of("10.0.0.1", 80);
    try (Registrar former = registrar()) {
      former.register("former", entry.with("weight", "5"));
      try (Mesh mesh = mesh("former");
          Registrar next = registrar()) {
        assertThat(servers(mesh)).containsExactly("10.0.0.1:80 UP 5");
        former.register("former", entry.with("weight", "5").with("drain"));
        awaitServers(mesh, "10.0.0.1:80 DRAINED 5");

        next.register("former", entry.with("weight", "6"));

        awaitServers(mesh, "10.0.0.1:80 UP 6");
      }
    }
  }

  @Test
  void oneThatRegistersDrainedIsNeverSeenToServeAndMayServeLater() throws Exception {
    ServerEntry entry = ServerEntry.of("10.0.0.1", 80);
    try (Registrar registrar = registrar()) {
      registrar.register("drained", entry.with("drain"));
      try (Mesh mesh = mesh("drained")) {
        assertThat(servers(mesh)).containsExactly("10.0.0.1:80 DRAINED 1");

        registrar.register("drained", entry);

        awaitServers(mesh, "10.0.0.1:80 UP 1");
      }
    }
  }

  @Test
  void hostNamesAndSecurePortsAreTakenWhereTheyAreWanted() throws Exception {
    Map<String, Object> instance =
        Registrations.instance("secure", "a", ServerEntry.of("10.0.0.1", 80));
    instance.put("securePort", Registrations.port(443, true));
    registrations.register("secure", instance);

    try (Mesh plain = mesh("secure");
        Mesh secure =
            mesh("secure", "mesh.discovery.r.targets=name", "mesh.discovery.r.port=secure")) {
      assertThat(servers(plain)).containsExactly("10.0.0.1:80 UP 1");
      assertThat(servers(secure)).containsExactly("a.test:443 UP 1");
    }
  }
}
