package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jdbc:mesh:<name>}, and its like on a mesh of one's own. */
final class MeshDriverTest {

  private static final String WHO = "SELECT name FROM whoami";

  private final Map<String, String> keys = new HashMap<>();
  private final Path folder;

  MeshDriverTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void forget() {
    keys.keySet().forEach(System::clearProperty);
    var unused = Mesh.global().reload();
  }

  private void set(String key, String value) {
    keys.put(key, value);
    System.setProperty(key, value);
    assertThat(Mesh.global().reload().problems()).isEmpty();
  }

  private static String server(String name) {
    return H2.database(
        "CREATE TABLE whoami(name VARCHAR(20))", "INSERT INTO whoami VALUES ('" + name + "')");
  }

  private static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHO)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static String readOnly(MeshDataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      return read(connection);
    }
  }

  @Test
  void theUrlLeadsToTheServersThatTheKeysName() throws SQLException {
    set("mesh.jdbc.driven.primary", server("primary"));
    set("mesh.jdbc.driven.replicas", server("r1"));

    try (Connection connection = DriverManager.getConnection("jdbc:mesh:driven")) {
      assertThat(read(connection)).isEqualTo("primary");
      connection.setReadOnly(true);
      assertThat(read(connection)).isEqualTo("r1");
    }
    assertThat(ServiceLoader.load(Driver.class)).hasAtLeastOneElementOfType(MeshDriver.class);
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    set("mesh.jdbc.driven.primary", server("primary"));

    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:mesh:drivn"))
        .isInstanceOf(SQLException.class)
        .hasMessage("no database 'drivn': configured are [driven]; set mesh.jdbc.drivn.primary");
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:mesh:driven?password=hunter2"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("jdbc:mesh:<name>")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void theUsersPropertiesOverruleTheKeys() throws SQLException {
    String url = server("primary");
    try (Connection admin = DriverManager.getConnection(url);
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE USER app PASSWORD 's3cret' ADMIN");
    }
    set("mesh.jdbc.driven.primary", url);
    Properties login = new Properties();
    login.setProperty("user", "app");
    login.setProperty("password", "s3cret");

    try (Connection connection = DriverManager.getConnection("jdbc:mesh:driven", login)) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo("APP");
    }
  }

  @Test
  void aWrongPasswordIsSaidWithTheKeysThatMendIt() throws SQLException {
    String url = server("primary");
    try (Connection admin = DriverManager.getConnection(url);
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE USER app PASSWORD 's3cret' ADMIN");
    }
    try (Mesh mesh =
            Mesh.of(
                Map.of(
                    "mesh.jdbc.orders.primary", url,
                    "mesh.jdbc.orders.user", "app",
                    "mesh.jdbc.orders.password", "hunter2"));
        Connection connection = MeshDataSource.of(mesh, "orders").getConnection()) {
      assertThatThrownBy(() -> read(connection))
          .isInstanceOf(SQLInvalidAuthorizationSpecException.class)
          .hasMessageContaining("set mesh.jdbc.orders.user and .password")
          .message()
          .doesNotContain("hunter2");
    }
  }

  @Test
  void withoutAPrimaryOrADriverTheMessageNamesTheMend() {
    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.jdbc.a.max-connections", "3",
                "mesh.jdbc.b.primary", "jdbc:sqlserver://db1;user=app;password=hunter2",
                "mesh.jdbc.c.primary", "jdbc:db2://db1/orders"))) {
      assertThatThrownBy(() -> MeshDataSource.of(mesh, "a"))
          .hasMessage("a: no primary; set mesh.jdbc.a.primary");
      assertThatThrownBy(() -> MeshDataSource.of(mesh, "b"))
          .hasMessageContaining("no driver on the class path takes jdbc:sqlserver://db1;user=app")
          .message()
          .doesNotContain("hunter2");
      assertThatThrownBy(() -> MeshDataSource.of(mesh, "c")).hasMessageContaining("jdbc:db2");
    }
  }

  @Test
  void moreConnectionsThanAllowedAreWaitedForInTimeAndThenRefused() throws SQLException {
    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.primary", server("primary"),
                "mesh.jdbc.orders.max-connections", "1",
                "mesh.jdbc.orders.timeout.connect", "100ms"))) {
      MeshDataSource database = MeshDataSource.of(mesh, "orders");
      try (Connection second = database.getConnection()) {
        try (Connection first = database.getConnection()) {
          assertThat(read(first)).isEqualTo("primary");
          assertThatThrownBy(() -> read(second))
              .isInstanceOf(SQLException.class)
              .hasMessageContaining(
                  "all 1 connections are in use (mesh.jdbc.orders.max-connections)")
              .extracting(e -> ((SQLException) e).getSQLState())
              .isEqualTo("53300");
        }
        assertThat(read(second)).isEqualTo("primary");
      }
    }
  }

  @Test
  void theDeadlineOfThePageBoundsTheWaiting() throws SQLException {
    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.primary", server("primary"),
                "mesh.jdbc.orders.max-connections", "1",
                "mesh.jdbc.orders.timeout.connect", "1h"))) {
      MeshDataSource database = MeshDataSource.of(mesh, "orders");
      try (Connection first = database.getConnection();
          Connection second = database.getConnection()) {
        assertThat(read(first)).isEqualTo("primary");
        try (Deadline.Scope page = Deadline.within(Duration.ofMillis(50)).open()) {
          assertThat(page).isNotNull();
          assertThatThrownBy(() -> read(second)).hasMessageContaining("the deadline left");
        }
      }
    }
  }

  @Test
  void theTimeoutOfTheKeysBoundsStatements() throws SQLException {
    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.primary", server("primary"),
                "mesh.jdbc.orders.max-connections", "1",
                "mesh.jdbc.orders.timeout.connect", "1h",
                "mesh.jdbc.orders.timeout", "500ms"))) {
      MeshDataSource database = MeshDataSource.of(mesh, "orders");
      try (Connection first = database.getConnection();
          Connection second = database.getConnection()) {
        assertThat(read(first)).isEqualTo("primary");
        assertThatThrownBy(() -> read(second)).hasMessageContaining("(timeout 500 ms) waiting");
      }
    }
  }

  @Test
  void aReloadChangesServersRoutingAndFunctions() throws SQLException, IOException {
    String primary = "mesh.jdbc.orders.primary=" + server("primary") + "\n";
    Path file = folder.resolve("mesh.properties");
    Files.writeString(file, primary);
    try (Mesh mesh = Mesh.of(Map.of("mesh.config.file", file.toString()))) {
      MeshDataSource database = MeshDataSource.of(mesh, "orders");
      assertThat(readOnly(database)).isEqualTo("primary");

      String replica = "mesh.jdbc.orders.replicas=" + server("r1") + "\n";
      Files.writeString(file, primary + replica);
      assertThat(mesh.reload().changed()).isTrue();
      assertThat(readOnly(database)).isEqualTo("r1");

      Files.writeString(file, primary + replica + "mesh.jdbc.orders.read-routing=off\n");
      assertThat(mesh.reload().changed()).isTrue();
      assertThat(readOnly(database)).isEqualTo("primary");

      String function = "mesh.jdbc.orders.read-routing=auto\nmesh.jdbc.orders.pure-functions=f\n";
      Files.writeString(file, primary + replica + function);
      assertThat(mesh.reload().changed()).isTrue();
      assertThat(explained(database, "SELECT f(1)")).isEqualTo("read");

      Files.writeString(file, replica);
      assertThat(mesh.reload().changed()).isTrue();
      assertThat(readOnly(database)).as("without a primary, as before").isEqualTo("r1");
    }
  }

  @Test
  void aTransactionStaysAtItsReplicaWhenRoutingIsTurnedOffMeanwhile()
      throws SQLException, IOException {
    String servers =
        "mesh.jdbc.orders.primary="
            + server("primary")
            + "\nmesh.jdbc.orders.replicas="
            + server("r1")
            + "\n";
    Path file = folder.resolve("mesh.properties");
    Files.writeString(file, servers);
    try (Mesh mesh = Mesh.of(Map.of("mesh.config.file", file.toString()));
        Connection connection = MeshDataSource.of(mesh, "orders").getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(read(connection)).isEqualTo("r1");

      Files.writeString(file, servers + "mesh.jdbc.orders.read-routing=off\n");
      assertThat(mesh.reload().changed()).isTrue();

      assertThat(read(connection)).isEqualTo("r1");
      connection.commit();
      assertThat(read(connection)).as("the next one").isEqualTo("primary");
    }
  }

  private static String explained(MeshDataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("EXPLAIN MESH " + sql)) {
      assertThat(row.next()).isTrue();
      return row.getString("reason");
    }
  }

  @Test
  void keysOverruleCode() throws SQLException {
    try (Mesh mesh = Mesh.of(Map.of("mesh.jdbc.orders.read-routing", "off"))) {
      MeshDataSource database =
          MeshDataSource.builder(mesh, "orders")
              .primary(new CountedPool(server("primary")))
              .replica("r1", new CountedPool(server("r1")))
              .readRouting(ReadRouting.AUTO)
              .build();
      assertThat(readOnly(database)).isEqualTo("primary");
    }
  }
}
