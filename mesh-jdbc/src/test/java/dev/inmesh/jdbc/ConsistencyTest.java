package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who has written reads it, whatever a replica lags. 2,000 writes, each read at once, and 500 where
 * each costs new connections; more with {@code -Dinmesh.jdbc.pairs}, other ones with {@code
 * -Dinmesh.jdbc.seed}.
 */
final class ConsistencyTest {

  private static final int PAIRS = Integer.getInteger("inmesh.jdbc.pairs", 2_000);
  private static final long SEED = Long.getLong("inmesh.jdbc.seed", 1);
  private static final int IDS = 10;
  private static final Duration LAG = Duration.ofMillis(500);

  private final Mesh mesh = Mesh.of(Map.of());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable DatabaseServer replica;

  @AfterEach
  void close() throws SQLException {
    mesh.close();
    if (replica != null) {
      replica.delay(Duration.ZERO);
    }
  }

  /** A table {@code t} with so many rows, which the replica has. */
  private String table(Product product) throws Exception {
    Replicated servers = Replicated.shared(product);
    replica = servers.replica();
    String database = servers.primary().createDatabase();
    try (Connection connection = servers.primary().dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t(id INT PRIMARY KEY, v INT)");
      for (int id = 0; id < IDS; id++) {
        statement.execute("INSERT INTO t VALUES (" + id + ", -1)");
      }
    }
    servers.primary().awaitReplayed(servers.replica());
    return database;
  }

  private MeshDataSource database(
      Consistency consistency, CountedPool primary, CountedPool replica) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(primary)
        .replica("r1", replica)
        .readRouting(ReadRouting.AUTO)
        .consistency(consistency)
        .meterRegistry(meters)
        .build();
  }

  private double counted(String tag, String value) {
    return meters.find("mesh.jdbc.routes").tag(tag, value).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private static void write(Connection connection, Random random, int id, int value)
      throws SQLException {
    boolean transaction = random.nextBoolean();
    if (transaction) {
      connection.setAutoCommit(false);
    }
    if (random.nextBoolean()) {
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE t SET v = " + value + " WHERE id = " + id);
      }
    } else {
      try (PreparedStatement statement =
          connection.prepareStatement("UPDATE t SET v = ? WHERE id = ?")) {
        statement.setInt(1, value);
        statement.setInt(2, id);
        statement.addBatch();
        statement.executeBatch();
      }
    }
    if (transaction) {
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static int read(Connection connection, Random random, int id) throws SQLException {
    boolean transaction = random.nextInt(4) == 0;
    if (transaction) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT v FROM t WHERE id = ?")) {
      statement.setInt(1, id);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        return row.getInt(1);
      }
    } finally {
      if (transaction) {
        connection.commit();
        connection.setAutoCommit(true);
        connection.setReadOnly(false);
      }
    }
  }

  /** Writes and reads a value so often, now with a lag and now without; how often it was missed. */
  private int misses(int pairs, Connection connection) throws Exception {
    DatabaseServer lagging = replica;
    Random random = new Random(SEED);
    int misses = 0;
    for (int i = 0; i < pairs; i++) {
      if (lagging != null && i % (pairs / 8) == 0) {
        lagging.delay(i / (pairs / 8) % 2 == 0 ? LAG : Duration.ZERO);
      }
      int id = random.nextInt(IDS);
      write(connection, random, id, i);
      misses += read(connection, random, id) == i ? 0 : 1;
    }
    return misses;
  }

  @ParameterizedTest
  @CsvSource({"POSTGRESQL,true", "POSTGRESQL,false", "MARIADB,true", "MARIADB,false"})
  void aConnectionReadsWhatItHasWrittenWhateverTheReplicaLags(Product product, boolean pooled)
      throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    try (HikariDataSource p = TestPools.of(servers.primary(), name);
        HikariDataSource r = TestPools.of(servers.replica(), name)) {
      CountedPool primary =
          new CountedPool(
              pooled ? p::getConnection : servers.primary().dataSource(name)::getConnection);
      CountedPool follower =
          new CountedPool(
              pooled ? r::getConnection : servers.replica().dataSource(name)::getConnection);
      try (Connection connection =
          database(Consistency.SESSION, primary, follower).getConnection()) {
        assertThat(misses(pooled ? PAIRS : PAIRS / 4, connection)).isZero();
      }
      CountedPool.awaitGivenBack(primary, follower);
    }
    assertThat(counted("target", "replica")).isPositive();
    assertThat(counted("reason", "replica behind")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void withoutConsistencyTheSameProgramMisses(Product product) throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    try (HikariDataSource p = TestPools.of(servers.primary(), name);
        HikariDataSource r = TestPools.of(servers.replica(), name);
        Connection connection =
            database(
                    Consistency.NONE,
                    new CountedPool(p::getConnection),
                    new CountedPool(r::getConnection))
                .getConnection()) {
      assertThat(misses(PAIRS / 4, connection)).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPageReadsWithOneConnectionWhatItHasWrittenWithAnother(Product product) throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    try (HikariDataSource p = TestPools.of(servers.primary(), name);
        HikariDataSource r = TestPools.of(servers.replica(), name)) {
      MeshDataSource database =
          database(
              Consistency.CONTEXT,
              new CountedPool(p::getConnection),
              new CountedPool(r::getConnection));
      Random random = new Random(SEED);
      for (int i = 0; i < PAIRS / 4; i++) {
        if (i % (PAIRS / 16) == 0) {
          servers.replica().delay(i / (PAIRS / 16) % 2 == 0 ? LAG : Duration.ZERO);
        }
        int id = random.nextInt(IDS);
        String text;
        try (WritePosition.Scope page = WritePosition.none().open()) {
          if (random.nextBoolean()) {
            try (Connection writer = database.getConnection()) {
              write(writer, random, id, i);
            }
            assertThat(readByAnother(database, random, id)).isEqualTo(i);
          } else {
            try (Connection writer = database.getConnection()) {
              write(writer, random, id, i);
              assertThat(readByAnother(database, random, id)).isEqualTo(i);
            }
          }
          text = page.position().toText();
        }
        // The answer was a redirect, and brings the text to the next page.
        try (WritePosition.Scope page = WritePosition.of(text).open();
            Connection reader = database.getConnection()) {
          assertThat(read(reader, random, id)).isEqualTo(i);
          assertThat(page.position().toText()).isEqualTo(text);
        }
      }
    }
    assertThat(counted("target", "replica")).isPositive();
    assertThat(counted("reason", "replica behind")).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPoolAboveTellsThePageWhenItTakesAConnectionBack(Product product) throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    HikariConfig config = new HikariConfig();
    config.setDataSource(
        database(
            Consistency.CONTEXT,
            new CountedPool(servers.primary().dataSource(name)::getConnection),
            new CountedPool(servers.replica().dataSource(name)::getConnection)));
    config.setMaximumPoolSize(2);
    try (HikariDataSource above = new HikariDataSource(config);
        WritePosition.Scope page = WritePosition.none().open()) {
      try (Connection writer = above.getConnection()) {
        write(writer, new Random(SEED), 1, 7);
        assertThat(page.position().toText()).isEqualTo("orders=?");
      }

      assertThat(page.position().toText()).startsWith("orders=").doesNotContain("?");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPositionFromOutsideThatIsNeverReachedIsItsOwnPagesTroubleAlone(Product product)
      throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    MeshDataSource database =
        database(
            Consistency.CONTEXT,
            new CountedPool(servers.primary().dataSource(name)::getConnection),
            new CountedPool(servers.replica().dataSource(name)::getConnection));
    String beyond =
        product == Product.POSTGRESQL
            ? "orders=FFFFFFFF/FFFFFFFF"
            : "orders=4294967295-1-9223372036854775807";
    try (WritePosition.Scope page = WritePosition.of(beyond).open();
        Connection reader = database.getConnection()) {
      assertThat(read(reader, new Random(SEED), 1)).isEqualTo(-1);
      assertThat(page.position().isImpatient(System.nanoTime())).isTrue();
    }
    assertThat(counted("reason", "replica behind")).isEqualTo(1);

    try (WritePosition.Scope page = WritePosition.none().open();
        Connection reader = database.getConnection()) {
      assertThat(read(reader, new Random(SEED), 1)).isEqualTo(-1);
      assertThat(page.position().isImpatient(System.nanoTime())).isFalse();
    }
    assertThat(counted("target", "replica")).isEqualTo(1);
  }

  private static int readByAnother(MeshDataSource database, Random random, int id)
      throws SQLException {
    try (Connection reader = database.getConnection()) {
      return read(reader, random, id);
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void aPositionCrossesThreadsInAWrappedTask(Product product) throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    servers.replica().delay(Duration.ofMinutes(10));
    MeshDataSource database =
        database(
            Consistency.CONTEXT,
            new CountedPool(servers.primary().dataSource(name)::getConnection),
            new CountedPool(servers.replica().dataSource(name)::getConnection));
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    try (WritePosition.Scope page = WritePosition.none().open()) {
      try (Connection writer = database.getConnection()) {
        write(writer, new Random(SEED), 1, 7);
      }
      Runnable task =
          WritePosition.wrap(
              () -> {
                try (Connection reader = database.getConnection()) {
                  seen.complete(read(reader, new Random(SEED), 1));
                } catch (SQLException e) {
                  seen.completeExceptionally(e);
                }
              });
      new Thread(task).start();

      assertThat(seen.join()).isEqualTo(7);
      assertThat(page.position().toText()).startsWith("orders=");
    }
  }

  @ParameterizedTest
  @EnumSource(Product.class)
  void oneMoreQuestionAfterAWriteAndOneBeforeTheReadAndNoneWithoutBoth(Product product)
      throws Exception {
    String name = table(product);
    Replicated servers = Replicated.shared(product);
    CountedPool primary = new CountedPool(servers.primary().dataSource(name)::getConnection);
    CountedPool follower = new CountedPool(servers.replica().dataSource(name)::getConnection);
    MeshDataSource database = database(Consistency.SESSION, primary, follower);

    try (Connection onlyReads = database.getConnection()) {
      run(onlyReads, "SELECT v FROM t");
      run(onlyReads, "SELECT v FROM t");
    }
    try (Connection onlyWrites = database.getConnection()) {
      run(onlyWrites, "UPDATE t SET v = 1");
      run(onlyWrites, "UPDATE t SET v = 2");
    }
    assertThat(questions(primary) + questions(follower)).isZero();

    try (Connection both = database.getConnection()) {
      run(both, "UPDATE t SET v = 3");
      run(both, "UPDATE t SET v = 4");
      run(both, "SELECT v FROM t");
      run(both, "SELECT v FROM t");
    }
    assertThat(questions(primary)).isEqualTo(1);
    assertThat(questions(follower)).isEqualTo(1);
  }

  /** Ours are prepared; {@link #run} prepares nothing. */
  private static int questions(CountedPool pool) {
    return Collections.frequency(pool.calls, "prepareStatement");
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
