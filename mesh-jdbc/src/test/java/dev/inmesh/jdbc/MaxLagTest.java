package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica that is too far behind isn't read from, whoever has written. */
final class MaxLagTest {

  private final Mesh mesh = Mesh.of(Map.of());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable DatabaseServer held;

  @AfterEach
  void close() throws SQLException {
    mesh.close();
    if (held != null) {
      held.release();
    }
  }

  /** Where a read would go, and why. */
  private static String target(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("EXPLAIN MESH SELECT v FROM t")) {
      assertThat(row.next()).isTrue();
      return row.getString("server") + ", " + row.getString("reason");
    }
  }

  private double lag() {
    Gauge gauge = meters.find("mesh.jdbc.lag").tag("server", "r1").gauge();
    return gauge == null ? -1 : gauge.value();
  }

  private void await(Condition condition) throws Exception {
    for (int i = 0; !condition.holds(); i++) {
      assertThat(i).as("waited for half a minute; lag %s", lag()).isLessThan(3000);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void isLeftWhileItIsTooFarBehindAndReadFromAgainWhenItHasCaughtUp(Product product)
      throws Exception {
    Replicated servers = Replicated.shared(product);
    String name = servers.primary().createDatabase();
    try (Connection connection = servers.primary().dataSource(name).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(v INT)");
    }
    servers.primary().awaitReplayed(servers.replica());
    MeshDataSource database =
        MeshDataSource.builder(mesh, "orders")
            .primary(servers.primary().dataSource(name))
            .replica("r1", servers.replica().dataSource(name))
            .readRouting(ReadRouting.AUTO)
            .maxLag(Duration.ofMillis(1500))
            .meterRegistry(meters)
            .build();
    try (Connection reader = database.getConnection();
        Connection writer = database.getConnection();
        Statement writing = writer.createStatement();
        Statement reading = reader.createStatement()) {
      await(() -> lag() == 0);
      assertThat(target(reader)).isEqualTo("r1, read");

      held = servers.replica();
      held.hold();
      writing.executeUpdate("INSERT INTO t VALUES (1)");
      await(() -> lag() > 1.5 && target(reader).equals("primary, replica behind"));
      reading.executeQuery("SELECT v FROM t").close();
      Counter behind = meters.find("mesh.jdbc.routes").tag("reason", "replica behind").counter();
      assertThat(behind).isNotNull();

      held.release();
      held = null;
      await(() -> lag() == 0 && target(reader).equals("r1, read"));
    }
    database.close();
    assertThat(meters.find("mesh.jdbc.lag").gauge()).isNull();
  }
}
