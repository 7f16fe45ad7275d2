package dev.inmesh.jdbc;

import static dev.inmesh.config.StatementClass.BATCH;
import static dev.inmesh.config.StatementClass.CRITICAL;
import static dev.inmesh.config.StatementClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.call.Deadline;
import dev.inmesh.config.StatementClass;
import dev.inmesh.jdbc.servers.Await;
import dev.inmesh.jdbc.throttle.Admission;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a limit does to statements; what makes a limit is tested elsewhere. */
@Timeout(60)
final class ThrottleTest {

  private static final String PROOF = "fsync 41.2ms > 10ms (baseline 1.9ms), limit 14 -> 1";

  private final String url =
      H2.database(
          "CREATE TABLE stock (id INT PRIMARY KEY, amount INT)", "INSERT INTO stock VALUES (1, 7)");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Mesh mesh =
      Mesh.of(
          Map.of(
              "mesh.jdbc.orders.throttle.mode",
              "enforce",
              "mesh.jdbc.orders.throttle.max-wait",
              "20ms"));
  private final MeshDataSource orders = orders(mesh, driver());

  @AfterEach
  void close() {
    QueryClass.current().ifPresent(left -> fail("left " + left));
    mesh.close();
  }

  private DataSource driver() {
    return new CountedPool(url);
  }

  private MeshDataSource orders(Mesh of, DataSource pool) {
    return MeshDataSource.builder(of, "orders").primary(pool).meterRegistry(meters).build();
  }

  /** The disk is slow, and somebody has the only permit. */
  private static void full(MeshDataSource database) {
    Throttle throttle = throttle(database);
    limit(throttle);
    StatementClass unused = throttle.takeAtOnce(INTERACTIVE);
  }

  /** The disk is slow, and one interactive statement may go. */
  private static void limit(Throttle throttle) {
    throttle.proof(PROOF);
    throttle.limit(2);
    StatementClass unused = throttle.takeAtOnce(CRITICAL);
  }

  private static Throttle throttle(MeshDataSource database) {
    return Objects.requireNonNull(database.throttle());
  }

  private static int amount(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT amount FROM stock WHERE id = 1")) {
      row.next();
      return row.getInt(1);
    }
  }

  private static void add(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE stock SET amount = amount + 1 WHERE id = 1");
    }
  }

  @Test
  void whatIsRefusedProvesItselfAndWasNotSent() throws SQLException {
    full(orders);
    try (Connection connection = orders.getConnection()) {
      ThrottledException refused =
          catchThrowableOfType(ThrottledException.class, () -> add(connection));

      assertThat((Throwable) refused)
          .isInstanceOf(SQLTransientConnectionException.class)
          .hasMessageMatching(
              "orders: throttled on primary: class=interactive fsync 41\\.2ms > 10ms"
                  + " \\(baseline 1\\.9ms\\), limit 14 -> 1, waited \\d+ms");
      assertThat(refused.getSQLState()).isEqualTo("53400");
      assertThat(refused.queryClass()).isEqualTo(QueryClass.INTERACTIVE);
      assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));

      throttle(orders).giveBack(INTERACTIVE);
      assertThat(amount(connection)).isEqualTo(7);
      assertThat(throttle(orders).admission().inFlight(INTERACTIVE)).isZero();
    }
    assertThat(refusals("interactive", "enforce")).isEqualTo(1);
    assertThat(meters.get("mesh.jdbc.throttle.wait").tag("result", "refused").timer().count())
        .isEqualTo(1);
  }

  private double refusals(String of, String mode) {
    return meters
        .get("mesh.jdbc.throttle.refused")
        .tag("class", of)
        .tag("mode", mode)
        .tag("server", "primary")
        .counter()
        .count();
  }

  @Test
  void whatWaitsRunsWhenItsTurnComes() throws SQLException {
    Mesh patient =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.throttle.mode", "enforce",
                "mesh.jdbc.orders.throttle.max-wait", "30s"));
    MeshDataSource database = orders(patient, driver());
    full(database);

    CompletableFuture<Integer> read =
        CompletableFuture.supplyAsync(
            () -> {
              try (Connection connection = database.getConnection()) {
                return amount(connection);
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    Await.until(() -> throttle(database).admission().waiting() == 1);
    throttle(database).giveBack(INTERACTIVE);

    assertThat(read.join()).isEqualTo(7);
    assertThat(meters.get("mesh.jdbc.throttle.wait").tag("result", "admitted").timer().count())
        .isEqualTo(1);
    patient.close();
  }

  @Test
  void nothingIsHeldBackInATransactionThatHasBegun() throws SQLException {
    try (Connection connection = orders.getConnection()) {
      connection.setAutoCommit(false);
      add(connection);
      full(orders);

      add(connection);
      assertThat(amount(connection)).isEqualTo(9);
      connection.commit();
      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
      connection.rollback();
    }
    throttle(orders).limit(Admission.UNLIMITED);
    try (Connection connection = orders.getConnection()) {
      assertThat(amount(connection)).isEqualTo(9);
    }
  }

  /** It is what a disk is waited for, and others have to make room. */
  @Test
  void aCommitCountsWithTheClassOfItsTransaction() throws SQLException {
    AtomicInteger batch = new AtomicInteger(-1);
    Admission[] admission = new Admission[1];
    CountedPool pool =
        new CountedPool(
            () ->
                onCommit(
                    DriverManager.getConnection(url),
                    () -> batch.set(admission[0].inFlight(BATCH))));
    MeshDataSource database = orders(mesh, pool);
    admission[0] = throttle(database).admission();

    try (Connection connection = database.getConnection();
        QueryClass.Scope scope = QueryClass.BATCH.open()) {
      Objects.requireNonNull(scope);
      connection.setAutoCommit(false);
      connection.commit();
      assertThat(batch).hasValue(-1);
      add(connection);
      assertThat(admission[0].inFlight()).isZero();
      connection.commit();
      assertThat(batch).hasValue(1);
      assertThat(admission[0].inFlight()).isZero();
    }
  }

  private static Connection onCommit(Connection raw, Runnable then) {
    return (Connection)
        Proxy.newProxyInstance(
            ThrottleTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, args) -> {
              if (method.getName().equals("commit")) {
                then.run();
              }
              return method.invoke(raw, args);
            });
  }

  @Test
  void aTransactionThatATextHasBegunIsNotHeldBackEither() throws SQLException {
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      statement.executeUpdate("UPDATE stock SET amount = 8");
      full(orders);

      statement.executeUpdate("UPDATE stock SET amount = 9");
      statement.execute("SAVEPOINT s");
      statement.executeUpdate("UPDATE stock SET amount = 10");
      statement.execute("ROLLBACK TO SAVEPOINT s");
      statement.executeUpdate("UPDATE stock SET amount = amount + 2");
      statement.execute("COMMIT");

      assertThatThrownBy(() -> statement.executeUpdate("UPDATE stock SET amount = 0"))
          .isInstanceOf(ThrottledException.class);
      throttle(orders).giveBack(INTERACTIVE);
      assertThat(amount(connection)).isEqualTo(11);
    }
  }

  @Test
  void aTransactionThatSeveralStatementsInOneTextHaveBegunIsNotHeldBackEither()
      throws SQLException {
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("BEGIN; UPDATE stock SET amount = 8");
      full(orders);

      statement.executeUpdate("UPDATE stock SET amount = 9");
      statement.execute("COMMIT");

      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
    }
  }

  @Test
  void aTransactionInWhichThePhysicalConnectionWasHandedOutIsNotHeldBack() throws SQLException {
    try (Connection connection = orders.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement unseen = connection.unwrap(JdbcConnection.class).createStatement()) {
        unseen.executeUpdate("UPDATE stock SET amount = 8");
      }
      full(orders);

      add(connection);
      connection.commit();

      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
    }
  }

  @Test
  void theEndOfWhatHasOnlyReadSaysNothingOfTheDisk() throws SQLException {
    Throttle throttle = throttle(orders);
    try (Connection connection = orders.getConnection()) {
      connection.setAutoCommit(false);
      assertThat(amount(connection)).isEqualTo(7);
      connection.commit();
      connection.commit();
      assertThat(throttle.takeCommits()).isZero();

      add(connection);
      connection.commit();
      assertThat(throttle.takeCommits()).isEqualTo(1);

      connection.commit();
      assertThat(throttle.takeCommits()).isZero();
    }
  }

  /** Where the disk is so slow that all are stopped, there would be nothing else. */
  @Test
  void whatIsStoppedByItsTimeoutTellsHowLongItTookAndWhatIsWrongDoesNot() throws SQLException {
    Throttle throttle = throttle(orders);
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM nowhere"))
          .isInstanceOf(SQLException.class);
      assertThat(throttle.texts().take()).isEmpty();

      statement.setQueryTimeout(1);
      assertThatThrownBy(
              () ->
                  statement.executeQuery(
                      "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 1000000) a, SYSTEM_RANGE(1, 1000000) b"
                          + " WHERE a.x = -b.x"))
          .isInstanceOf(SQLException.class);

      assertThat(throttle.texts().take()).hasSize(1);
    }
  }

  @Test
  void theFirstStatementOfATransactionIsHeldBackAndNothingIsOpenThen() throws SQLException {
    full(orders);
    try (Connection connection = orders.getConnection()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);

      throttle(orders).giveBack(INTERACTIVE);
      add(connection);
      connection.commit();
      connection.setAutoCommit(true);
      assertThat(amount(connection)).isEqualTo(8);
    }
  }

  @Test
  void whatEndsOrAsksIsNeverHeldBack() throws SQLException {
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      add(connection);
      full(orders);

      assertThat(connection.isValid(5)).isTrue();
      connection.setAutoCommit(false);
      connection.setSavepoint();
      connection.rollback();
      connection.commit();
      connection.setAutoCommit(true);
      statement.cancel();
      assertThat(connection.getMetaData().getTables(null, null, "STOCK", null).next()).isTrue();
      assertThat(connection.getSchema()).isNotNull();
    }
  }

  @Test
  void criticalIsNeverHeldBackAndBatchFindsLessRoom() throws SQLException {
    full(orders);
    try (Connection connection = orders.getConnection()) {
      try (QueryClass.Scope critical = QueryClass.CRITICAL.open()) {
        Objects.requireNonNull(critical);
        add(connection);
      }
      try (QueryClass.Scope batch = QueryClass.BATCH.open()) {
        Objects.requireNonNull(batch);
        assertThatThrownBy(() -> add(connection)).hasMessageContaining("class=batch");
      }
      throttle(orders).giveBack(INTERACTIVE);
      StatementClass unused = throttle(orders).takeAtOnce(BATCH);
      // What is more important doesn't see it.
      assertThat(amount(connection)).isEqualTo(8);
    }
  }

  @Test
  void aHintDecidesBeforeTheScopeAndTheScopeBeforeTheKey() throws SQLException {
    Mesh keyed =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.throttle.mode", "enforce",
                "mesh.jdbc.orders.throttle.max-wait", "0ms",
                "mesh.jdbc.orders.throttle.class", "background"));
    MeshDataSource database = orders(keyed, driver());
    full(database);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> add(connection)).hasMessageContaining("class=background");
      try (QueryClass.Scope batch = QueryClass.BATCH.open()) {
        Objects.requireNonNull(batch);
        assertThatThrownBy(() -> add(connection)).hasMessageContaining("class=batch");
        assertThatThrownBy(
                () -> statement.executeQuery("/* mesh:class=interactive */ SELECT * FROM stock"))
            .hasMessageContaining("class=interactive");
        assertThat(statement.executeQuery("/* mesh:class=critical */ SELECT 1").next()).isTrue();
      }
    }
    keyed.close();
  }

  @Test
  void whatIsObservedRunsAndIsCounted() throws SQLException {
    Mesh observing = Mesh.of(Map.of());
    MeshDataSource database = orders(observing, driver());
    full(database);

    try (Connection connection = database.getConnection()) {
      add(connection);
      assertThat(amount(connection)).isEqualTo(8);
    }

    assertThat(refusals("interactive", "observe")).isEqualTo(2);
    assertThat(throttle(database).admission().inFlight(INTERACTIVE)).isEqualTo(1);
    observing.close();
  }

  @Test
  void nothingIsCountedWhenItIsOff() throws SQLException {
    Mesh off = Mesh.of(Map.of("mesh.jdbc.orders.throttle.mode", "off"));
    MeshDataSource database = orders(off, driver());
    try (Connection connection = database.getConnection()) {
      add(connection);
    }

    assertThat(database.throttle()).isNull();
    assertThat(meters.find("mesh.jdbc.throttle.limit").gauges()).hasSize(1);
    off.close();
  }

  @Test
  void aBatchThatIsRefusedIsStillThere() throws SQLException {
    try (Connection connection = orders.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("/* mesh:class=batch */ INSERT INTO stock VALUES (?, 0)")) {
      for (int id = 2; id < 5; id++) {
        statement.setInt(1, id);
        statement.addBatch();
      }
      full(orders);
      assertThatThrownBy(statement::executeBatch)
          .isInstanceOf(ThrottledException.class)
          .isNotInstanceOf(BatchUpdateException.class)
          .hasMessageContaining("class=batch");

      throttle(orders).limit(Admission.UNLIMITED);
      assertThat(statement.executeBatch()).containsExactly(1, 1, 1);
    }
  }

  @Test
  void aResultThatIsReadInPiecesKeepsItsPermitUntilItIsClosed() throws SQLException {
    Admission admission = throttle(orders).admission();
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(1);
      ResultSet rows = statement.executeQuery("SELECT * FROM stock");
      assertThat(admission.inFlight(INTERACTIVE)).isEqualTo(1);
      rows.close();
      assertThat(admission.inFlight()).isZero();

      ResultSet left = statement.executeQuery("SELECT * FROM stock");
      assertThat(left.next()).isTrue();
      assertThat(admission.inFlight()).isEqualTo(1);
    }
    assertThat(admission.inFlight()).isZero();
  }

  @Test
  void aThreadThatReadsAResultIsNotHeldBackOnAnotherConnection() throws SQLException {
    limit(throttle(orders));
    try (Connection outer = orders.getConnection();
        Statement statement = outer.createStatement()) {
      statement.setFetchSize(1);
      try (ResultSet rows = statement.executeQuery("SELECT * FROM stock")) {
        while (rows.next()) {
          try (Connection inner = orders.getConnection()) {
            add(inner);
          }
        }
      }
    }
    assertThat(throttle(orders).admission().inFlight(INTERACTIVE)).isZero();
  }

  @Test
  void theDeadlineBoundsTheWaitAndTheConnectionStaysOfUse() throws SQLException {
    Mesh patient =
        Mesh.of(
            Map.of(
                "mesh.jdbc.orders.throttle.mode", "enforce",
                "mesh.jdbc.orders.throttle.max-wait", "1m"));
    MeshDataSource database = orders(patient, driver());
    try (Connection connection = database.getConnection()) {
      add(connection);
      full(database);
      try (Deadline.Scope page = Deadline.within(Duration.ofMillis(400)).open()) {
        Objects.requireNonNull(page);
        assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
      }
      throttle(database).giveBack(INTERACTIVE);
      assertThat(amount(connection)).isEqualTo(8);
    }
    patient.close();
  }

  private MeshDataSource readFromReplica() {
    return MeshDataSource.builder(mesh, "orders")
        .primary(driver())
        .replica("r1", driver())
        .readRouting(ReadRouting.AUTO)
        .consistency(Consistency.NONE)
        .meterRegistry(meters)
        .build();
  }

  @Test
  void aRefusalAtAReplicaIsNoFailureOfIts() throws SQLException {
    MeshDataSource database = readFromReplica();
    Throttle throttle = Objects.requireNonNull(database.throttle("r1"));
    limit(throttle);
    StatementClass unused = throttle.takeAtOnce(INTERACTIVE);

    for (int i = 0; i < 10; i++) {
      try (Connection connection = database.getConnection()) {
        assertThatThrownBy(() -> amount(connection)).hasMessageContaining("throttled on r1");
      }
    }

    assertThat(database.servers().get(1).toString()).contains("r1 up").contains("inFlight=0");
  }

  @Test
  void whatHasWaitedForAReplicaIsAnAttemptThereThatEnds() throws SQLException {
    MeshDataSource database = readFromReplica();
    Throttle throttle = Objects.requireNonNull(database.throttle("r1"));
    limit(throttle);

    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(1);
      for (int i = 0; i < 3; i++) {
        try (ResultSet rows = statement.executeQuery("SELECT * FROM stock")) {
          assertThat(rows.next()).isTrue();
          assertThat(database.servers().get(1).toString()).contains("inFlight=1");
          assertThat(throttle.admission().inFlight(INTERACTIVE)).isEqualTo(1);
        }
      }
    }

    assertThat(database.servers().get(1).toString()).contains("r1 up").contains("inFlight=0");
    assertThat(throttle.admission().inFlight(INTERACTIVE)).isZero();
  }

  /** Pools evict a connection for some failures; this must be none of them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPoolKeepsItsConnection(boolean above) throws SQLException {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setMaximumPoolSize(1);
      MeshDataSource database;
      DataSource used;
      if (above) {
        database = orders(mesh, driver());
        pool.setDataSource(database);
        used = pool;
      } else {
        pool.setJdbcUrl(url);
        database = orders(mesh, pool);
        used = database;
      }
      int before;
      try (Connection connection = used.getConnection()) {
        before = session(connection);
        full(database);
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
        }
      }
      throttle(database).giveBack(INTERACTIVE);
      try (Connection connection = used.getConnection()) {
        assertThat(session(connection)).isEqualTo(before);
      }
    }
  }

  /** Otherwise it closes what it asks for, and gives out none. */
  @Test
  void aPoolThatAsksByAStatementWhetherAConnectionWorksIsAnswered() throws SQLException {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setDataSource(orders);
      pool.setMaximumPoolSize(1);
      pool.setConnectionTestQuery("SELECT 1");
      full(orders);

      try (Connection connection = pool.getConnection()) {
        assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
      }
    }
  }

  @Test
  void aTransactionThatHasOnlyPingedHasItsTurnStillToCome() throws SQLException {
    full(orders);
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      assertThat(statement.executeQuery("SELECT 1").next()).isTrue();

      assertThatThrownBy(() -> add(connection)).isInstanceOf(ThrottledException.class);
    }
  }

  private static int session(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT SESSION_ID()")) {
      row.next();
      return row.getInt(1);
    }
  }

  @Test
  void anHttpServerAnswersThatItIsBusy() {
    ThrottledException refused =
        new ThrottledException("orders: throttled", QueryClass.BATCH, Duration.ofSeconds(2));

    assertThat(ThrottledResponse.of(new IllegalStateException(new SQLException(refused))))
        .contains(new ThrottledResponse(503, "2"));
    assertThat(ThrottledResponse.of(new SQLException("other"))).isEmpty();
    assertThat(ThrottledResponse.of(null)).isEmpty();
  }
}
