package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how long writes fail after the later of a primary's death and the promotion of its
 * replica, with defaults and one caller who tries again and again.
 */
@Tag("alone")
@EnabledIfSystemProperty(named = "inmesh.failover.rounds", matches = "\\d+")
final class FailoverTimesTest {

  private static final Logger log = LoggerFactory.getLogger(FailoverTimesTest.class);

  private enum Death {
    KILLED_THEN_PROMOTED,
    PROMOTED_THEN_KILLED,
    SILENT_THEN_PROMOTED,
    UNNOTICED_UNTIL_PROMOTED;

    boolean isSilent() {
      return this == SILENT_THEN_PROMOTED || this == UNNOTICED_UNTIL_PROMOTED;
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void writesFailForALittleWhile(Product product) throws Exception {
    int rounds = Integer.getInteger("inmesh.failover.rounds", 1);
    for (Death death : Death.values()) {
      List<Long> millis = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        millis.add(millis(product, death));
      }
      Collections.sort(millis);
      log.info("{} {}: {} ms", product, death, millis);
      assertThat(millis).hasSize(rounds);
    }
  }

  private static long millis(Product product, Death death) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = primary.createDatabase();
      try (Connection connection = primary.dataSource(database).getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INT PRIMARY KEY)");
      }
      primary.awaitReplayed(replica);
      Map<String, String> keys =
          Map.of(
              "mesh.jdbc.orders.primary",
              primary.url(database),
              "mesh.jdbc.orders.replicas",
              replica.url(database),
              "mesh.jdbc.orders.timeout",
              death.isSilent() ? "500ms" : "15s");
      try (Mesh mesh = Mesh.of(keys);
          MeshDataSource orders = MeshDataSource.of(mesh, "orders")) {
        assertThat(inserts(orders, 1)).isTrue();
        primary.awaitReplayed(replica);
        switch (death) {
          case KILLED_THEN_PROMOTED -> {
            primary.kill();
            assertThat(inserts(orders, 2)).isFalse();
            replica.promote();
          }
          case PROMOTED_THEN_KILLED -> {
            replica.promote();
            primary.kill();
          }
          case SILENT_THEN_PROMOTED -> {
            primary.pause();
            assertThat(inserts(orders, 2)).isFalse();
            replica.promote();
          }
          case UNNOTICED_UNTIL_PROMOTED -> {
            primary.pause();
            replica.promote();
          }
        }
        long start = System.nanoTime();
        while (!inserts(orders, 2)) {
          assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
        }
        return (System.nanoTime() - start) / 1_000_000;
      } finally {
        if (death.isSilent()) {
          primary.resume();
        }
      }
    }
  }

  private static boolean inserts(MeshDataSource orders, int id) {
    try (Connection connection = orders.getConnection();
        PreparedStatement statement = connection.prepareStatement("INSERT INTO t(id) VALUES (?)")) {
      statement.setInt(1, id);
      statement.executeUpdate();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }
}
