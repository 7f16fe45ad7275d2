package dev.inmesh.discovery.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.discovery.http.Follow;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real etcd, where it is installed, makes of a registrar. */
@Timeout(60)
final class EtcdRegistrarTest {

  private static final ServerEntry ENTRY = ServerEntry.line("10.0.0.3:5000 weight=5");
  private static final String KEY = Etcd.base64("/inmesh/inventory/10.0.0.3:5000");

  private final Path folder;

  EtcdRegistrarTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Etcd etcd() throws Exception {
    return new Etcd(folder);
  }

  private static Registrar registrar(List<String> address) {
    EtcdSourceFactory factory = new EtcdSourceFactory();
    return factory
        .registrar(
            Follow.settings(factory, Map.of("address", address, "lease", Duration.ofSeconds(2))))
        .orElseThrow();
  }

  private static Follow follow(Etcd etcd) {
    return Follow.of(
        new EtcdSourceFactory(),
        "inventory",
        Map.of("address", etcd.address(), "confirm", Duration.ofSeconds(1)));
  }

  @Test
  void anEntryThatIsNotRenewedExpires() throws Exception {
    try (Etcd etcd = etcd();
        Follow follow = follow(etcd)) {
      try (Registrar registrar = registrar(etcd.address())) {
        registrar.register("inventory", ENTRY);
        follow.await("[10.0.0.3:5000 weight=5]");

        registrar.register("inventory", ENTRY.with("drain"));
        follow.await("[10.0.0.3:5000 weight=5 drain]");
        assertThat(registrar.renewal()).isEqualTo(Duration.ofMillis(400));
      }
      follow.await("[]");
    }
  }

  @Test
  void aRenewalWritesNothingAndKeepsItThere() throws Exception {
    try (Etcd etcd = etcd();
        Registrar registrar = registrar(etcd.address())) {
      registrar.register("inventory", ENTRY);
      String before = etcd.call(KeyRange.of("/inmesh/inventory/").message(), "v3/kv/range");
      long end = System.nanoTime() + 5_000_000_000L;
      while (System.nanoTime() < end) {
        registrar.register("inventory", ENTRY);
        Thread.sleep(registrar.renewal().toMillis());
      }

      assertThat(etcd.call(KeyRange.of("/inmesh/inventory/").message(), "v3/kv/range"))
          .isEqualTo(before);
    }
  }

  @Test
  void whatAFormerProcessLeftBecomesThisOnes() throws Exception {
    try (Etcd etcd = etcd();
        Follow follow = follow(etcd)) {
      String value = Etcd.base64("10.0.0.3:5000 weight=5");
      String unused = etcd.call(Map.of("key", KEY, "value", value), "v3/kv/put");
      follow.await("[10.0.0.3:5000 weight=5]");

      Registrar registrar = registrar(etcd.address());
      registrar.register("inventory", ENTRY);
      registrar.close();

      // It goes with the lease, which it had not before.
      follow.await("[]");
    }
  }

  @Test
  void aLeaseThatIsLostIsReplaced() throws Exception {
    try (Etcd etcd = etcd();
        Follow follow = follow(etcd);
        Registrar registrar = registrar(etcd.address())) {
      registrar.register("inventory", ENTRY);
      follow.await("[10.0.0.3:5000 weight=5]");
      follow.await("[]");

      registrar.register("inventory", ENTRY);
      follow.await("[10.0.0.3:5000 weight=5]");

      registrar.deregister("inventory", ENTRY);
      registrar.deregister("inventory", ENTRY);
      follow.await("[]");
    }
  }

  @Test
  void aValueWithBlanksIsWrittenAsJson() throws Exception {
    try (Etcd etcd = etcd();
        Follow follow = follow(etcd);
        Registrar registrar = registrar(etcd.address())) {
      registrar.register(
          "inventory", ServerEntry.of("10.0.0.3", 5000).with("zone", "a b").with("backup"));

      follow.await("[10.0.0.3:5000 zone=a b backup]");
    }
  }

  @Test
  void whatGivesNoLeaseIsNotEtcd() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().body("{}").build());
      try (Registrar registrar = registrar(List.of("localhost:" + server.getPort()))) {
        assertThatThrownBy(() -> registrar.register("inventory", ENTRY))
            .hasMessage("it gives no lease; is it etcd?");
      }
    }
  }
}
