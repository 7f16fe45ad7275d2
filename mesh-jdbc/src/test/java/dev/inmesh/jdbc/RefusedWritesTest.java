package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A function that somebody took for pure, and that writes: {@code bump} adds 1, and gives it. */
final class RefusedWritesTest {

  private static final String BUMP = "SELECT bump()";

  private final Mesh mesh = Mesh.of(Map.of());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    mesh.close();
  }

  private MeshDataSource database(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String name = servers.primary().createDatabase();
    boolean postgres = product == Product.POSTGRESQL;
    try (Connection connection = servers.primary().dataSource(name).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(v INT)");
      statement.execute("INSERT INTO t VALUES (0)");
      if (postgres) {
        statement.execute(
            "CREATE FUNCTION bump() RETURNS int LANGUAGE sql"
                + " AS 'UPDATE t SET v = v + 1 RETURNING v'");
      }
    }
    if (!postgres) {
      // Where there is a binary log, only the superuser may make one.
      servers
          .primary()
          .run(
              "CREATE FUNCTION "
                  + name
                  + ".bump() RETURNS INT DETERMINISTIC BEGIN UPDATE t SET v = v + 1; RETURN (SELECT v FROM t); END");
    }
    servers.primary().awaitReplayed(servers.replica());
    return MeshDataSource.builder(mesh, "orders")
        .primary(servers.primary().dataSource(name))
        .replica("r1", servers.replica().dataSource(name))
        .readRouting(ReadRouting.AUTO)
        .pureFunction("bump")
        .meterRegistry(meters)
        .build();
  }

  private static int one(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getInt(1);
    }
  }

  private double routes(String target, String reason) {
    Counter counter =
        meters.find("mesh.jdbc.routes").tag("target", target).tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void inAutocommitItIsRunOnceOnThePrimaryAndIsAWriteFromThenOn(Product product) throws Exception {
    MeshDataSource database = database(product);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, BUMP)).isEqualTo(1);
      assertThat(one(statement, BUMP)).isEqualTo(2);
      try (ResultSet why = statement.executeQuery("EXPLAIN MESH " + BUMP)) {
        assertThat(why.next()).isTrue();
        assertThat(why.getString("reason")).isEqualTo("refused by a replica");
      }
      assertThat(one(statement, "SELECT v FROM t")).isEqualTo(2);
    }
    try (Connection another = database.getConnection();
        Statement statement = another.createStatement()) {
      assertThat(one(statement, BUMP)).isEqualTo(3);
    }
    assertThat(routes("replica", "read"))
        .as("the first one, and perhaps the read")
        .isBetween(1.0, 2.0);
    assertThat(routes("primary", "refused by a replica")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPreparedStatementTakesItsParametersAlong(Product product) throws Exception {
    try (Connection connection = database(product).getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT bump() + ?")) {
      for (int i = 1; i <= 3; i++) {
        statement.setInt(1, 100 * i);
        try (ResultSet row = statement.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(row.getInt(1)).isEqualTo(100 * i + i);
        }
      }
    }
    assertThat(routes("primary", "refused by a replica")).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void inATransactionAtAReplicaItFails(Product product) throws Exception {
    try (Connection connection = database(product).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(one(statement, "SELECT v FROM t")).isZero();

      assertThatThrownBy(() -> one(statement, BUMP))
          .isInstanceOf(SQLException.class)
          .message()
          .containsIgnoringCase("read");

      connection.rollback();
      assertThat(one(statement, "SELECT v FROM t")).isZero();
      connection.rollback();
    }
  }
}
