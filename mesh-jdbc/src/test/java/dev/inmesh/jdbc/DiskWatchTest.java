package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.Await;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the signal to the limit and back, with statements that take what the test says. */
@Tag("alone")
@Timeout(90)
final class DiskWatchTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger refused = new AtomicInteger();
  private final List<CompletableFuture<Void>> threads = new ArrayList<>();
  private volatile boolean over;

  @AfterEach
  void end() {
    over = true;
    threads.forEach(CompletableFuture::join);
  }

  @Test
  void theLimitBeginsWhenDiskAndClientAgreeAndEndsWhenTheDiskIsWell(@TempDir Path folder)
      throws IOException, SQLException {
    Path signal = folder.resolve("disk");
    Files.writeString(signal, "1\n");
    try (Mesh mesh = mesh(signal)) {
      MeshDataSource orders = orders(mesh);
      SlowWork.millis(5);
      work(orders, 8);
      Await.until(() -> gauge("mesh.jdbc.disk.latency") == 0.001);
      assertThat(gauge("mesh.jdbc.throttle.limit")).isNaN();

      // The disk is slow for others only.
      Files.writeString(signal, "100\n");
      Await.until(() -> gauge("mesh.jdbc.disk.latency") == 0.1);
      assertThat(gauge("mesh.jdbc.throttle.limit")).isNaN();

      SlowWork.millis(150);
      Await.until(() -> gauge("mesh.jdbc.throttle.limit") >= 1);
      Await.until(() -> refused.get() > 0);

      SlowWork.millis(5);
      Files.writeString(signal, "1\n");
      Await.until(() -> Double.isNaN(gauge("mesh.jdbc.throttle.limit")));
    }
    end();
    assertThat(meters.find("mesh.jdbc.throttle.limit").gauge()).isNull();
    assertThat(meters.find("mesh.jdbc.disk.latency").gauge()).isNull();
  }

  @Test
  void aSignalThatIsLostHoldsNobodyBack(@TempDir Path folder) throws IOException, SQLException {
    Path signal = folder.resolve("disk");
    Files.writeString(signal, "1\n");
    try (Mesh mesh = mesh(signal)) {
      MeshDataSource orders = orders(mesh);
      SlowWork.millis(5);
      work(orders, 8);
      Await.until(() -> gauge("mesh.jdbc.disk.latency") == 0.001);
      SlowWork.millis(150);
      Files.writeString(signal, "100\n");
      Await.until(() -> gauge("mesh.jdbc.throttle.limit") >= 1);

      Files.delete(signal);

      Await.until(() -> Double.isNaN(gauge("mesh.jdbc.throttle.limit")));
    }
  }

  private double gauge(String name) {
    Gauge gauge = meters.find(name).tag("server", "primary").gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }

  private static Mesh mesh(Path signal) {
    return Mesh.of(
        Map.of(
            "mesh.jdbc.orders.throttle.mode", "enforce",
            "mesh.jdbc.orders.throttle.signal", "file",
            "mesh.jdbc.orders.throttle.signal.file", signal.toString(),
            "mesh.jdbc.orders.throttle.max-wait", "10ms"));
  }

  private MeshDataSource orders(Mesh mesh) {
    String url = H2.database("CREATE ALIAS WORK FOR \"" + SlowWork.class.getName() + ".work\"");
    return MeshDataSource.builder(mesh, "orders")
        .primary(new CountedPool(url))
        .meterRegistry(meters)
        .build();
  }

  private void work(MeshDataSource orders, int count) {
    for (int i = 0; i < count; i++) {
      threads.add(
          CompletableFuture.runAsync(
              () -> work(orders), task -> new Thread(task, "works").start()));
    }
  }

  private void work(MeshDataSource orders) {
    while (!over) {
      try (Connection connection = orders.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeQuery("SELECT WORK()").close();
      } catch (ThrottledException e) {
        refused.incrementAndGet();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
