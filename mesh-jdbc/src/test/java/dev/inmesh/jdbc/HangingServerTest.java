package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that hangs holds nobody up, though it doesn't take the cancel either. */
@Tag("alone")
@Timeout(60)
final class HangingServerTest {

  @ParameterizedTest
  @EnumSource(Product.class)
  void whatRunsAtAServerThatHangsEndsInTime(Product product) throws Exception {
    try (DatabaseServer server = product.start();
        Mesh mesh = Mesh.of(Map.of())) {
      String url = server.url(server.createDatabase());
      // For ever, so that whoever waits for the cancel is found out.
      String patient = product == Product.POSTGRESQL ? url + "&cancelSignalTimeout=3600" : url;
      CountedPool pool = new CountedPool(() -> DriverManager.getConnection(patient));
      MeshDataSource database =
          MeshDataSource.builder(mesh, "orders")
              .primary(pool)
              .timeout(Duration.ofMillis(500))
              .build();
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeQuery("SELECT 1").close();
        server.pause();
        try {
          assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
              .isInstanceOf(SQLTimeoutException.class)
              .extracting(e -> ((SQLException) e).getSQLState())
              .isEqualTo("08006");
        } finally {
          server.resume();
        }
      }
      assertThat(pool.held()).isZero();
    }
  }
}
