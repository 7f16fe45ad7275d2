package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.Misfits.Version;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is wrong with servers, said with the mend. */
final class ServerChecksTest {

  private static Mesh mesh(String primary, String replica) {
    return Mesh.of(
        Map.of("mesh.jdbc.orders.primary", primary, "mesh.jdbc.orders.replicas", replica));
  }

  private static void run(DatabaseServer server, String database, String sql) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void nothingIsSaidOfAPrimaryAndItsReplica(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();
    run(servers.primary(), database, "CREATE TABLE t(id INT PRIMARY KEY)");
    servers.primary().awaitReplayed(servers.replica());

    try (Mesh mesh = mesh(servers.primary().url(database), servers.replica().url(database));
        MeshDataSource orders = MeshDataSource.of(mesh, "orders")) {
      assertThat(orders.check()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void serversThatHaveChangedPlacesAreBothNamed(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();
    servers.primary().awaitReplayed(servers.replica());
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.jdbc.orders.primary", servers.replica().url(database));
    keys.put("mesh.jdbc.orders.replicas", servers.primary().url(database));
    keys.put("mesh.jdbc.orders.failover", "false");

    try (Mesh mesh = Mesh.of(keys);
        MeshDataSource orders = MeshDataSource.of(mesh, "orders")) {
      assertThat(orders.check())
          .hasSize(2)
          .anyMatch(text -> text.contains("is to be the primary, but is read-only"))
          .anyMatch(text -> text.contains("is to be a replica, but can be written to"));
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aWrongPasswordAndAServerThatIsNotThereAreSaid(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();
    String url = servers.primary().url(database);
    String wrong = url.replace("password=app", "password=hunter2");
    String nowhere = url.replaceFirst(":\\d+/", ":1/");

    try (Mesh mesh = mesh(wrong, nowhere);
        MeshDataSource orders = MeshDataSource.of(mesh, "orders")) {
      // PostgreSQL of the tests trusts everybody.
      assertThat(orders.check())
          .noneMatch(text -> text.contains("hunter2"))
          .anyMatch(text -> text.contains("no connection to 127.0.0.1:1"))
          .hasSize(product == Product.MARIADB ? 2 : 1);
    }
  }

  @Test
  void differentTablesAreNamed() throws Exception {
    String primary =
        H2.database("CREATE TABLE t(id INT PRIMARY KEY, v INT)", "CREATE TABLE u(id INT)");
    String replica = H2.database("CREATE TABLE t(id INT PRIMARY KEY, v BIGINT)");

    try (Mesh mesh = mesh(primary, replica);
        MeshDataSource orders = MeshDataSource.of(mesh, "orders")) {
      assertThat(orders.check())
          .singleElement()
          .asString()
          .contains("it lacks PUBLIC.T.V INTEGER, PUBLIC.U.ID INTEGER")
          .contains("it alone has PUBLIC.T.V BIGINT");
    }
  }

  @Test
  void oldVersionsAndUnknownDatabasesAreSaid() {
    Database server = new Database(Lineup.entry("db1", 1), new CountedPool("jdbc:h2:mem:x"));

    assertThat(Misfits.version("orders", server, new Version("postgresql", 13, 4)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("db1 is postgresql 13.4, older than 14"));
    assertThat(Misfits.version("orders", server, new Version("postgresql", 18, 0))).isEmpty();
    assertThat(Misfits.version("orders", server, new Version("mariadb", 10, 5))).isPresent();
    assertThat(Misfits.version("orders", server, new Version("mariadb", 11, 4))).isEmpty();
    assertThat(Misfits.version("orders", server, new Version("oracle", 23, 0)))
        .hasValueSatisfying(text -> assertThat(text).contains("isn't known here"));
  }
}
