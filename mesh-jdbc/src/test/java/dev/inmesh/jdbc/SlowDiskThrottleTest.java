package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.Await;
import dev.inmesh.jdbc.servers.PostgresServer;
import dev.inmesh.jdbc.servers.SlowDisk;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real PostgreSQL, whose real disk becomes slow and is well again; as root on Linux. */
@Tag("alone")
@Timeout(120)
final class SlowDiskThrottleTest {

  private static final int PAGES = 4_000;
  private static final int THREADS = 12;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile boolean over;

  @Test
  void theThrottleBeginsWithTheSlowDiskAndEndsWithIt() throws Exception {
    try (PostgresServer server = PostgresServer.start(SlowDisk.options());
        SlowDisk disk = SlowDisk.of(server)) {
      String url = server.url(server.createDatabase());
      fill(url);
      try (Mesh mesh = mesh();
          HikariDataSource pool = pool(url)) {
        MeshDataSource orders =
            MeshDataSource.builder(mesh, "orders").primary(pool).meterRegistry(meters).build();
        List<CompletableFuture<Void>> threads = batch(orders);
        Await.until(() -> gauge("mesh.jdbc.disk.latency") > 0);

        disk.limit(100);
        Await.until(() -> gauge("mesh.jdbc.throttle.limit") >= 1);
        Await.until(() -> refused.get() > 0);
        assertThat(gauge("mesh.jdbc.disk.latency")).isGreaterThan(0.005);
        try (QueryClass.Scope critical = QueryClass.CRITICAL.open()) {
          assertThat(critical).isNotNull();
          read(orders);
        }

        disk.lift();
        Await.until(() -> Double.isNaN(gauge("mesh.jdbc.throttle.limit")));

        over = true;
        threads.forEach(CompletableFuture::join);
      } finally {
        over = true;
      }
    }
  }

  private static Mesh mesh() {
    return Mesh.of(
        Map.of(
            "mesh.jdbc.orders.throttle.mode", "enforce",
            "mesh.jdbc.orders.throttle.class", "batch"));
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(THREADS + 1);
    return new HikariDataSource(config);
  }

  /** A row a page, so that most reads are one of the disk's. */
  private static void fill(String url) throws SQLException {
    try (HikariDataSource pool = pool(url);
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE pages(id INT PRIMARY KEY, filler TEXT STORAGE PLAIN);"
              + "INSERT INTO pages SELECT n, repeat('x', 5000) FROM generate_series(1, "
              + PAGES
              + ") n");
      statement.execute("VACUUM pages");
    }
  }

  private double gauge(String name) {
    Gauge gauge = meters.find(name).gauge();
    return gauge == null ? Double.NaN : gauge.value();
  }

  private List<CompletableFuture<Void>> batch(MeshDataSource orders) {
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          CompletableFuture.runAsync(
              () -> work(orders), task -> new Thread(task, "works").start()));
    }
    return threads;
  }

  private void work(MeshDataSource orders) {
    while (!over) {
      try {
        read(orders);
      } catch (ThrottledException e) {
        refused.incrementAndGet();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void read(MeshDataSource orders) throws SQLException {
    try (Connection connection = orders.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT filler FROM pages WHERE id = ?")) {
      statement.setInt(1, 1 + ThreadLocalRandom.current().nextInt(PAGES));
      statement.executeQuery().close();
    }
  }
}
