package dev.inmesh.samples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each recipe of a database does what it says, over PostgreSQL and a streaming standby. */
final class DatabaseRecipesTest {

  private String primaryUrl = "";
  private String replicaUrl = "";

  @BeforeEach
  void stock() throws Exception {
    Replicated servers = Replicated.shared(Product.POSTGRESQL);
    String database = servers.primary().createDatabase();
    primaryUrl = servers.primary().url(database);
    replicaUrl = servers.replica().url(database);
    try (Connection connection = servers.primary().dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE stock(id INT, amount INT)");
      statement.execute("INSERT INTO stock VALUES (7, 3), (8, 5), (1, 9)");
    }
    servers.primary().awaitReplayed(servers.replica());
  }

  @AfterEach
  void clearProperties() {
    System.clearProperty("mesh.jdbc.orders.primary");
    System.clearProperty("mesh.jdbc.orders.replicas");
  }

  @Test
  void readsOfAConnectionDeclaredReadOnlyGoToTheReplica() throws SQLException {
    assertThat(PoolsBelow.run(primaryUrl, replicaUrl))
        .containsExactly("primary, write", "replica, read-only");
  }

  @Test
  void aPoolAboveTheDriverReads() throws SQLException {
    System.setProperty("mesh.jdbc.orders.primary", primaryUrl);
    System.setProperty("mesh.jdbc.orders.replicas", replicaUrl);

    assertThat(PoolAbove.run()).isEqualTo(3);
  }

  @Test
  void springsReadOnlyTransactionsRunAtTheReplica() {
    assertThat(SpringTransactions.run(primaryUrl, replicaUrl)).isEqualTo("r1");
  }

  @Test
  void jooqsQueriesAreProvenToRead() {
    assertThat(JooqQueries.run(primaryUrl, replicaUrl)).containsExactly("[3, 5]", "r1");
  }
}
