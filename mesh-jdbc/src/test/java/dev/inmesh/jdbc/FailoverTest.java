package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Primaries that die, and those that take their place; on real servers. */
@Tag("alone")
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
    run(primary, database, "CREATE TABLE t(id INT PRIMARY KEY)");
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
  void manyCallersGoOnAndNothingIsRunTwice(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = primary.createDatabase();
      run(primary, database, "CREATE TABLE t(id INT)");
      primary.awaitReplayed(replica);
      try (Mesh mesh = Mesh.of(keys(database, primary, replica));
          Cluster cluster = open(mesh)) {
        AtomicInteger ids = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          callers.add(CompletableFuture.runAsync(() -> insertUntil(over, cluster, ids, done)));
        }
        until(() -> done.size() >= 20);

        primary.kill();
        replica.promote();
        int before = ids.get();
        until(() -> done.stream().filter(id -> id > before).count() >= 20);
        over.set(true);
        for (CompletableFuture<Void> caller : callers) {
          caller.get(20, TimeUnit.SECONDS);
        }

        assertThat(ids(replica, database))
            .doesNotHaveDuplicates()
            .containsAll(done.stream().filter(id -> id > before).toList());
        assertThat(open(cluster)).as("connections").isZero();
      }
    }
  }

  private static void insertUntil(
      AtomicBoolean over, Cluster cluster, AtomicInteger ids, Set<Integer> done) {
    while (!over.get()) {
      int id = ids.incrementAndGet();
      if (inserts(cluster, id)) {
        done.add(id);
      }
    }
  }

  private static List<Integer> ids(DatabaseServer server, String database) throws SQLException {
    List<Integer> ids = new ArrayList<>();
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM t")) {
      while (rows.next()) {
        ids.add(rows.getInt(1));
      }
    }
    return ids;
  }

  private static void run(DatabaseServer server, String database, String sql) throws SQLException {
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void ofTwoThatWerePromotedNeitherIsTaken() throws Exception {
    try (DatabaseServer primary = Product.POSTGRESQL.start();
        DatabaseServer first = primary.replica();
        DatabaseServer second = primary.replica()) {
      String database = table(primary, first, second);
      try (Mesh mesh = Mesh.of(keys(database, primary, first, second));
          Cluster cluster = open(mesh)) {
        insert(cluster, 1);
        primary.awaitReplayed(first);
        primary.awaitReplayed(second);
        // Before it is missed, so that both say so when they are asked for the first time.
        first.promote();
        second.promote();
        primary.kill();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        while (System.nanoTime() - end < 0) {
          assertThat(inserts(cluster, 2)).isFalse();
        }
        assertThat(cluster.databases().primary().name()).isEqualTo(name(primary, database));

        // Somebody stops one of them.
        second.kill();
        until(() -> inserts(cluster, 2));
        assertThat(cluster.databases().primary().name()).isEqualTo(name(first, database));
        assertThat(count(first, database)).isEqualTo(2);
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
      run(stranger, database, "CREATE TABLE t(id INT PRIMARY KEY)");
      try (Mesh mesh = Mesh.of(keys(database, servers.primary(), stranger));
          Cluster cluster = open(mesh)) {
        insert(cluster, 1);
        Database primary = cluster.databases().primary();
        Physical held = cluster.databases().openPrimary(Credentials.OF_THE_POOL);
        cluster.databases().failed(held, new SQLException("the connection broke", "08006"), false);
        held.close();
        until(() -> !cluster.databases().suspects());

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
  void whatASessionForbidsItselfRaisesNoSuspicion(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    String database = table(servers.primary(), servers.replica());
    try (Mesh mesh = Mesh.of(keys(database, servers.primary(), servers.replica()));
        Cluster cluster = open(mesh);
        Connection connection = connect(cluster)) {
      connection.setReadOnly(true);
      for (int i = 0; i < 20; i++) {
        try (Statement statement = connection.createStatement()) {
          assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO t(id) VALUES (1)"))
              .isInstanceOfSatisfying(
                  SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
        }
        assertThat(cluster.databases().suspects()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPoolAboveGoesOn(Product product) throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = table(primary, replica);
      try (Mesh mesh = Mesh.of(keys(database, primary, replica));
          MeshDataSource orders = MeshDataSource.of(mesh, "orders");
          HikariDataSource above = pool(orders)) {
        assertThat(inserts(above, 1)).isTrue();
        primary.awaitReplayed(replica);

        primary.kill();
        assertThat(inserts(above, 2)).isFalse();
        replica.promote();
        long promoted = System.nanoTime();
        until(() -> inserts(above, 2));

        log.info("{}, above: {} ms after", product, (System.nanoTime() - promoted) / 1_000_000);
        assertThat(count(replica, database)).isEqualTo(2);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void whoeverWaitsForThePoolOfADeadPrimaryIsGivenAConnectionToTheNext(Product product)
      throws Exception {
    try (DatabaseServer primary = product.start();
        DatabaseServer replica = primary.replica()) {
      String database = table(primary, replica);
      try (Mesh mesh = Mesh.of(Map.of());
          HikariDataSource first = pool(primary.dataSource(database));
          HikariDataSource second = pool(replica.dataSource(database));
          MeshDataSource orders =
              MeshDataSource.builder(mesh, "orders")
                  .primary(first)
                  .replica("second", second)
                  .build()) {
        assertThat(inserts(orders, 1)).isTrue();
        primary.awaitReplayed(replica);

        primary.kill();
        // The pool finds out about its dead connections, and then lets wait for 30 seconds.
        CompletableFuture<Boolean> waits =
            CompletableFuture.supplyAsync(
                () -> {
                  // One that the pool doesn't look at, since it was used a moment ago, may fail.
                  boolean done = inserts(orders, 2);
                  return done || inserts(orders, 2);
                });
        replica.promote();
        long promoted = System.nanoTime();
        assertThat(waits.get(15, TimeUnit.SECONDS)).isTrue();

        log.info("{}, below: {} ms after", product, (System.nanoTime() - promoted) / 1_000_000);
        assertThat(count(replica, database)).isEqualTo(2);
        assertThat(orders.primaryServer()).isEqualTo("second");
        assertThat(first.getHikariPoolMXBean().getThreadsAwaitingConnection()).isLessThan(2);
      }
    }
  }

  private static HikariDataSource pool(DataSource source) {
    HikariDataSource pool = new HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(3);
    return pool;
  }

  private static boolean inserts(DataSource source, int id) {
    try (Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement("INSERT INTO t(id) VALUES (?)")) {
      statement.setInt(1, id);
      statement.executeUpdate();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void aServerThatSaysNothingToALoginIsGivenUpInTime(String kind) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Mesh mesh =
            Mesh.of(
                Map.of(
                    "mesh.jdbc.orders.primary",
                    "jdbc:" + kind + "://127.0.0.1:" + silent.getLocalPort() + "/orders",
                    "mesh.jdbc.orders.user",
                    "app",
                    "mesh.jdbc.orders.timeout.connect",
                    "300ms"));
        Cluster cluster = open(mesh)) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> insert(cluster, 1))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("orders: no connection to 127.0.0.1:" + silent.getLocalPort());
      }
      assertThat(open(cluster)).isZero();
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
