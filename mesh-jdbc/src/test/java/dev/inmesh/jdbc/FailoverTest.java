package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Primaries that die, and those that take their place; on real servers. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FailoverTest {

  private static final Logger log = LoggerFactory.getLogger(FailoverTest.class);

  /** Keys of a database over these servers, the first as the primary. */
  private static Map<String, String> keys(String database, DatabaseServer... servers) {
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.jdbc.orders.primary", servers[0].url(database));
    if (servers.length > 1) {
      keys.put(
          "mesh.jdbc.orders.replicas",
          String.join(
              ", ",
              List.of(servers).stream().skip(1).map(server -> server.url(database)).toList()));
    }
    return keys;
  }

  private static String name(DatabaseServer server, String database) {
    String url = server.url(database);
    return url.substring(url.indexOf("//") + 2, url.lastIndexOf('/'));
  }

  private static Cluster open(Mesh mesh) throws SQLException {
    return ConfiguredDatabases.open(mesh.engineHost(), "orders");
  }

  private static Connection connect(Cluster cluster) {
    return new Session(cluster, Credentials.OF_THE_POOL).proxy();
  }

  private static void insert(Cluster cluster, int id) throws SQLException {
    try (Connection connection = connect(cluster);
        PreparedStatement statement = connection.prepareStatement("INSERT INTO t(id) VALUES (?)")) {
      statement.setInt(1, id);
      statement.executeUpdate();
    }
  }

  private static int count(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM t")) {
      assertThat(row.next()).isTrue();
      return row.getInt(1);
    }
  }

  private static int count(DatabaseServer server, String database) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection()) {
      return count(connection);
    }
  }

  private static String table(DatabaseServer primary, DatabaseServer... replicas)
      throws SQLException {
    String database = primary.createDatabase();
    try (Connection connection = primary.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INT PRIMARY KEY)");
    }
    for (DatabaseServer replica : replicas) {
      primary.awaitReplayed(replica);
    }
    return database;
  }

  /** Tries until it is true, each time doing something real. */
  private static void until(Callable<Boolean> holds) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!holds.call()) {
      assertThat(System.nanoTime() - end).as("waited for 20 seconds").isNegative();
      Thread.onSpinWait();
    }
  }

  private static boolean inserts(Cluster cluster, int id) {
    try {
      insert(cluster, id);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static int open(Cluster cluster) {
    Lineup lineup = cluster.databases().lineup();
    int open = ((Connector) lineup.primary().pool()).open();
    for (Database replica : lineup.replicas()) {
      open += ((Connector) replica.pool()).open();
    }
    return open;
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whoeverIsPromotedTakesThePlaceOfAPrimaryThatIsKilled(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = table(primary, replica);
      try (Mesh mesh = Mesh.of(keys(database, primary, replica));
          Cluster cluster = open(mesh)) {
        insert(cluster, 1);
        primary.awaitReplayed(replica);
        try (Connection held = connect(cluster)) {
          held.setAutoCommit(false);
          assertThat(count(held)).isEqualTo(1);
          primary.kill();

          assertThatThrownBy(() -> insert(cluster, 2)).isInstanceOf(SQLException.class);
          assertThatThrownBy(() -> count(held))
              .isInstanceOf(SQLException.class)
              .extracting(e -> ((SQLException) e).getSQLState())
              .asString()
              .as("in a transaction that was open")
              .matches("08.*|57P01");
        }
        replica.promote();
        long promoted = System.nanoTime();
        until(() -> inserts(cluster, 2));
        log.info("{}: written {} ms after", product, (System.nanoTime() - promoted) / 1_000_000);

        assertThat(cluster.databases().primary().name()).isEqualTo(name(replica, database));
        assertThat(count(replica, database)).isEqualTo(2);
        assertThat(open(cluster)).as("connections").isZero();

        // It comes back as the primary it was, and knows of nothing.
        primary.restart();
        int before = count(primary, database);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        for (int id = 3; System.nanoTime() - end < 0; id++) {
          insert(cluster, id);
        }
        assertThat(count(primary, database)).as("written to the one before").isEqualTo(before);
        assertThat(cluster.databases().lineup().outside()).containsExactly(name(primary, database));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whatIsSwallowedFailsInTimeAndThePromotedOneTakesOver(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = table(primary, replica);
      Map<String, String> keys = keys(database, primary, replica);
      keys.put("mesh.jdbc.orders.timeout", "500ms");
      try (Mesh mesh = Mesh.of(keys);
          Cluster cluster = open(mesh);
          Connection held = connect(cluster)) {
        insert(cluster, 1);
        assertThat(count(held)).isEqualTo(1);
        primary.awaitReplayed(replica);

        primary.pause();
        assertThatThrownBy(() -> count(held)).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> insert(cluster, 2)).isInstanceOf(SQLException.class);
        replica.promote();
        long promoted = System.nanoTime();
        until(() -> inserts(cluster, 2));
        log.info("{}: written {} ms after", product, (System.nanoTime() - promoted) / 1_000_000);
        primary.resume();

        assertThat(count(replica, database)).isEqualTo(2);
        assertThat(count(primary, database)).isEqualTo(1);
        assertThat(cluster.databases().primary().name()).isEqualTo(name(replica, database));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whenAllAreKilledEveryCallerHearsOfIt(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = table(primary, replica);
      try (Mesh mesh = Mesh.of(keys(database, primary, replica));
          Cluster cluster = open(mesh)) {
        insert(cluster, 1);
        replica.kill();
        try (Connection connection = connect(cluster)) {
          connection.setReadOnly(true);
          assertThat(count(connection)).as("none left: the primary").isEqualTo(1);
        }

        primary.kill();
        for (int i = 0; i < 10; i++) {
          assertThatThrownBy(() -> insert(cluster, 2)).isInstanceOf(SQLException.class);
          try (Connection connection = connect(cluster)) {
            connection.setReadOnly(true);
            assertThatThrownBy(() -> count(connection)).isInstanceOf(SQLException.class);
          }
        }
        assertThat(open(cluster)).isZero();

        primary.restart();
        insert(cluster, 2);
        assertThat(cluster.databases().primary().name()).isEqualTo(name(primary, database));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aProcessThatStartsAfterTheFailoverFindsThePrimary(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = table(servers.primary(), servers.replica());
    // As the keys were written before the two changed places.
    try (Mesh mesh = Mesh.of(keys(database, servers.replica(), servers.primary()));
        Cluster cluster = open(mesh)) {
      until(() -> inserts(cluster, 1));

      assertThat(cluster.databases().primary().name()).isEqualTo(name(servers.primary(), database));
      until(() -> cluster.databases().lineup().outside().isEmpty());
      servers.primary().awaitReplayed(servers.replica());
      try (Connection connection = connect(cluster)) {
        connection.setReadOnly(true);
        assertThat(count(connection)).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void oneThatIsNoReplicaNeverTakesThePlaceOfAPrimaryThatIsThere(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    try (DatabaseServer stranger = product.start()) {
      String database = table(servers.primary(), servers.replica());
      stranger.createDatabase(database);
      try (Connection connection = stranger.dataSource(database).getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t(id INT PRIMARY KEY)");
      }
      try (Mesh mesh = Mesh.of(keys(database, servers.primary(), stranger));
          Cluster cluster = open(mesh)) {
        insert(cluster, 1);
        Database primary = cluster.databases().primary();

        insert(cluster, 2);

        assertThat(cluster.databases().primary()).isSameAs(primary);
        assertThat(count(stranger, database)).isZero();
        assertThat(cluster.problems())
            .singleElement()
            .asString()
            .contains("is to be a replica, but can be written to");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void withoutFailoverThePrimaryStaysTheOneThatIsNamed(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = table(servers.primary(), servers.replica());
    Map<String, String> keys = keys(database, servers.replica(), servers.primary());
    keys.put("mesh.jdbc.orders.failover", "false");
    try (Mesh mesh = Mesh.of(keys);
        Cluster cluster = open(mesh)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> insert(cluster, 1)).isInstanceOf(SQLException.class);
      }
      assertThat(cluster.databases().primary().name()).isEqualTo(name(servers.replica(), database));
    }
  }
}
