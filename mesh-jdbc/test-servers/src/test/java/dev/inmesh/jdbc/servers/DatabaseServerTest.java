package dev.inmesh.jdbc.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every server promises to the tests that use it. */
final class DatabaseServerTest {

  private static int count(DatabaseServer server, String database) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void run(DatabaseServer server, String database, String sql) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aReplicaFollowsAndRefusesWrites(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();

    run(servers.primary(), database, "CREATE TABLE t(id INT PRIMARY KEY)");
    run(servers.primary(), database, "INSERT INTO t VALUES (1)");
    servers.primary().awaitReplayed(servers.replica());

    assertThat(count(servers.replica(), database)).isEqualTo(1);
    assertThatThrownBy(() -> run(servers.replica(), database, "INSERT INTO t VALUES (2)"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("read");
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aReplicaThatIsHeldBackSeesNothingUntilItIsReleased(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();
    run(servers.primary(), database, "CREATE TABLE t(id INT PRIMARY KEY)");
    servers.primary().awaitReplayed(servers.replica());

    servers.replica().hold();
    run(servers.primary(), database, "INSERT INTO t VALUES (1)");
    assertThat(count(servers.replica(), database)).isZero();

    servers.replica().release();
    servers.primary().awaitReplayed(servers.replica());
    assertThat(count(servers.replica(), database)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aReplicaCanLag(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = servers.primary().createDatabase();
    run(servers.primary(), database, "CREATE TABLE t(id INT PRIMARY KEY)");
    servers.primary().awaitReplayed(servers.replica());

    servers.replica().delay(Duration.ofMinutes(10));
    run(servers.primary(), database, "INSERT INTO t VALUES (1)");
    assertThat(count(servers.replica(), database)).isZero();

    servers.replica().delay(Duration.ZERO);
    servers.primary().awaitReplayed(servers.replica());
    assertThat(count(servers.replica(), database)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whatWasKilledComesBackWithItsDataAndItsReplica(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = primary.createDatabase();
      run(primary, database, "CREATE TABLE t(id INT PRIMARY KEY)");

      primary.kill();
      assertThatThrownBy(() -> count(primary, database)).isInstanceOf(SQLException.class);

      primary.restart();
      run(primary, database, "INSERT INTO t VALUES (1)");
      primary.awaitReplayed(replica);
      assertThat(count(replica, database)).isEqualTo(1);

      replica.kill();
      run(primary, database, "INSERT INTO t VALUES (2)");
      replica.restart();
      primary.awaitReplayed(replica);
      assertThat(count(replica, database)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPromotedReplicaTakesWrites(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = primary.createDatabase();
      run(primary, database, "CREATE TABLE t(id INT PRIMARY KEY)");
      primary.awaitReplayed(replica);

      primary.kill();
      replica.promote();
      run(replica, database, "INSERT INTO t VALUES (1)");

      assertThat(count(replica, database)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whatIsPausedAnswersWhenItIsResumed(Product product) throws Exception {
    try (DatabaseServer primary = product.start()) {
      String database = primary.createDatabase();
      run(primary, database, "CREATE TABLE t(id INT PRIMARY KEY)");

      primary.pause();
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      new Thread(() -> complete(answer, primary, database)).start();
      assertThat(answer).isNotDone();

      primary.resume();
      assertThat(answer.join()).isZero();
    }
  }

  private static void complete(
      CompletableFuture<Integer> answer, DatabaseServer server, String database) {
    try {
      answer.complete(count(server, database));
    } catch (SQLException e) {
      answer.completeExceptionally(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void nothingIsLeftOfOneThatWasClosed(Product product) throws Exception {
    DatabaseServer server = product.start();
    String database = server.createDatabase();

    server.close();

    assertThatThrownBy(() -> server.dataSource(database).getConnection())
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(server::restart).isInstanceOfAny(SQLException.class, IOException.class);
  }

  @Test
  void aServerAndItsStandbyHaveTheOptionsTheyWereStartedWith() throws Exception {
    List<String> options = List.of("track_io_timing=on", "max_connections=142");

    try (PostgresServer primary = PostgresServer.start(options);
        PostgresServer standby = primary.replica()) {
      assertThat(show(primary, "track_io_timing")).isEqualTo("on");
      assertThat(show(primary, "max_connections")).isEqualTo("142");
      assertThat(show(standby, "track_io_timing")).isEqualTo("on");
    }
  }

  private static String show(PostgresServer server, String setting) throws SQLException {
    try (Connection connection = server.admin();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }
}
