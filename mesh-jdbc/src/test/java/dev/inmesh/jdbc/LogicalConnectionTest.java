package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.StringReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What JDBC promises of a connection, whatever physical ones are behind it. */
final class LogicalConnectionTest {

  private final Mesh mesh = Mesh.of(Map.of());
  private final String url = H2.database("CREATE TABLE t(id INT PRIMARY KEY, v VARCHAR(100))");
  private final CountedPool primary = new CountedPool(url);
  private final CountedPool replica = new CountedPool(url);
  private final MeshDataSource database =
      MeshDataSource.builder(mesh, "orders")
          .primary(primary)
          .replica("r1", replica)
          .readRouting(ReadRouting.AUTO)
          .consistency(Consistency.NONE)
          .meterRegistry(new SimpleMeterRegistry())
          .build();

  @AfterEach
  void close() {
    mesh.close();
    assertThat(primary.held() + replica.held()).as("given back").isZero();
  }

  @Test
  void noPhysicalConnectionBeforeTheFirstStatement() throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.commit();
      Statement statement = connection.createStatement();
      statement.setFetchSize(10);

      assertThat(primary.held() + replica.held()).isZero();

      statement.executeQuery("SELECT 1").close();
      assertThat(replica.held()).isEqualTo(1);
    }
    assertThat(replica.calls)
        .containsSubsequence("setReadOnly", "setTransactionIsolation", "setAutoCommit");
  }

  @Test
  void settingsReachEveryPhysicalConnection() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setNetworkTimeout(Runnable::run, 5000);
      connection.setSchema("PUBLIC");
      connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
      statement.executeQuery("SELECT 1").close();
      statement.executeUpdate("INSERT INTO t VALUES (1, 'a')");

      assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
    }
    assertThat(replica.calls)
        .containsSubsequence("setNetworkTimeout", "setSchema", "setHoldability", "close");
    assertThat(primary.calls)
        .containsSubsequence("close", "setNetworkTimeout", "setSchema", "setHoldability", "close");
  }

  @Test
  void holdsOnePhysicalConnectionAtMost() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 10; i++) {
        statement.executeQuery("SELECT 1").close();
        assertThat(primary.held()).isZero();
        assertThat(replica.held()).isEqualTo(1);

        statement.executeUpdate("INSERT INTO t VALUES (" + i + ", 'a')");
        assertThat(primary.held()).isEqualTo(1);
        assertThat(replica.held()).isZero();
      }
    }
  }

  @Test
  void anIsolationThatNobodyKnowsIsRefusedWhereItIsSet() throws SQLException {
    try (Connection connection = database.getConnection()) {
      assertThatThrownBy(() -> connection.setTransactionIsolation(Integer.MIN_VALUE))
          .isInstanceOf(SQLException.class);

      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    }
  }

  /** SQLite's result is its own meta data. */
  @Test
  void anObjectThatIsTwoThingsIsTakenForWhatItsMethodPromises() throws SQLException {
    CountedPool both =
        new CountedPool(() -> StubDriver.connection(ResultSet.class, ResultSetMetaData.class));
    try (Connection connection = MeshDataSource.wrap(mesh, "orders", both).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {

      assertThat(rows.getMetaData()).isNotNull();
      assertThat(rows).isNotInstanceOf(ResultSetMetaData.class);
    }
  }

  @Test
  void closeIsIdempotentAndEndsEverything() throws SQLException {
    Connection connection = database.getConnection();
    Statement statement = connection.createStatement();
    PreparedStatement prepared = connection.prepareStatement("INSERT INTO t VALUES (?, ?)");
    connection.close();
    connection.close();

    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.isValid(1)).isFalse();
    assertThat(statement.isClosed()).isTrue();
    assertThat(prepared.isClosed()).isTrue();
    assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
        .isInstanceOf(SQLNonTransientConnectionException.class)
        .hasMessageContaining("orders: connection is closed");
    assertThatThrownBy(connection::createStatement)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThatThrownBy(() -> prepared.setInt(1, 1)).isInstanceOf(SQLException.class);
    assertThat(primary.held()).isZero();
  }

  @Test
  void closedStatementsSaySo() throws SQLException {
    try (Connection connection = database.getConnection()) {
      Statement statement = connection.createStatement();
      statement.close();
      statement.close();

      assertThat(statement.isClosed()).isTrue();
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .hasMessageContaining("statement is closed");
      assertThatThrownBy(statement::getConnection).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void abortFromAnotherThreadEndsAStatementThatRuns() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch aborted = new CountDownLatch(1);
    CountedPool pool = new CountedPool(() -> hanging(running, aborted));
    Connection connection = MeshDataSource.wrap(mesh, "orders", pool).getConnection();
    Statement statement = connection.createStatement();
    AtomicReference<@Nullable SQLException> thrown = new AtomicReference<>();
    Thread user =
        new Thread(
            () -> {
              try {
                statement.executeUpdate("DELETE FROM t");
              } catch (SQLException e) {
                thrown.set(e);
              }
            });
    user.start();
    running.await();

    connection.abort(Runnable::run);
    user.join();

    assertThat((Throwable) thrown.get()).hasMessage("aborted");
    assertThat(connection.isClosed()).isTrue();
    assertThat(pool.held()).isZero();
    assertThatThrownBy(connection::createStatement).hasMessageContaining("closed");
    connection.close();
  }

  /** A connection whose statements run until it is aborted. */
  private static Connection hanging(CountDownLatch running, CountDownLatch aborted) {
    Connection stub = StubDriver.connection();
    Statement statement =
        proxy(
            Statement.class,
            (self, method, args) -> {
              if (method.getName().equals("executeUpdate")) {
                running.countDown();
                aborted.await();
                throw new SQLException("aborted", "08006");
              }
              return null;
            });
    return proxy(
        Connection.class,
        (self, method, args) -> {
          if (method.getName().equals("abort")) {
            aborted.countDown();
          }
          boolean creates = method.getName().equals("createStatement");
          return creates ? statement : method.invoke(stub, args);
        });
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    ClassLoader loader = LogicalConnectionTest.class.getClassLoader();
    return type.cast(Proxy.newProxyInstance(loader, new Class<?>[] {type}, handler));
  }

  @Test
  void cancelFromAnotherThreadReachesTheStatementThatRuns() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Statement raw =
        proxy(
            Statement.class,
            (self, method, args) -> {
              switch (method.getName()) {
                case "cancel" -> cancelled.countDown();
                case "executeUpdate" -> {
                  running.countDown();
                  cancelled.await();
                  return 7;
                }
                default -> {}
              }
              return null;
            });
    Connection stub = StubDriver.connection();
    CountedPool pool =
        new CountedPool(
            () ->
                proxy(
                    Connection.class,
                    (self, method, args) -> {
                      boolean creates = method.getName().equals("createStatement");
                      return creates ? raw : method.invoke(stub, args);
                    }));
    try (Connection connection = MeshDataSource.wrap(mesh, "orders", pool).getConnection();
        Statement statement = connection.createStatement()) {
      AtomicInteger updated = new AtomicInteger();
      Thread user =
          new Thread(
              () -> {
                try {
                  updated.set(statement.executeUpdate("DELETE FROM t"));
                } catch (SQLException e) {
                  updated.set(-1);
                }
              });
      user.start();
      running.await();

      statement.cancel();
      user.join();

      assertThat(updated).hasValue(7);
    }
  }

  @Test
  void everyWayBackLeadsToTheLogicalObjects() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement prepared = connection.prepareStatement("SELECT ARRAY[1, 2]");
        ResultSet rows = prepared.executeQuery()) {
      assertThat(prepared.getConnection()).isSameAs(connection);
      assertThat(rows.getStatement()).isSameAs(prepared);
      DatabaseMetaData metaData = connection.getMetaData();
      assertThat(metaData.getConnection()).isSameAs(connection);
      try (ResultSet tables = metaData.getTables(null, null, "T", null)) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getStatement()).isNull();
      }
      assertThat(rows.next()).isTrue();
      ResultSet elements = rows.getArray(1).getResultSet();
      assertThat(elements.getStatement()).isNull();
      assertThat(elements.next()).isTrue();
    }
  }

  @Test
  void aLogicalArrayCanBeGivenToAStatement() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement prepared = connection.prepareStatement("SELECT CARDINALITY(?)")) {
      prepared.setArray(1, connection.createArrayOf("INTEGER", new Object[] {1, 2, 3}));

      try (ResultSet rows = prepared.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(3);
      }
    }
  }

  @Test
  void unwrapGivesTheLogicalObjectUnlessTheDriversOwnIsAskedFor() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
      assertThat(connection.isWrapperFor(Connection.class)).isTrue();
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(connection.isWrapperFor(Runnable.class)).isFalse();
      assertThatThrownBy(() -> statement.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
      Object same = statement.getConnection();
      assertThat(connection).isEqualTo(same).isNotEqualTo(statement).hasSameHashCodeAs(same);
      assertThat(connection.toString()).contains("orders");
    }
    assertThat(database.isWrapperFor(MeshDataSource.class)).isTrue();
    assertThat(database.unwrap(CountedPool.class)).isSameAs(primary);
    assertThat(database.unwrap(DataSource.class)).isSameAs(database);
  }

  @Test
  void aBatchIsRunWhereItWasGathered() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement batch = connection.prepareStatement("INSERT INTO t VALUES (?, 'a')");
        Statement reading = connection.createStatement()) {
      for (int i = 0; i < 3; i++) {
        batch.setInt(1, i);
        batch.addBatch();
        reading.executeQuery("SELECT 1").close();
      }
      assertThat(batch.executeBatch()).containsExactly(1, 1, 1);

      reading.executeQuery("SELECT 1").close();
      assertThat(primary.held()).isZero();
    }
  }

  @Test
  void aStreamIsReadOnceWhateverHappensBeforeItsStatementIsRun() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement writing = connection.prepareStatement("INSERT INTO t VALUES (1, ?)");
        Statement reading = connection.createStatement()) {
      reading.executeQuery("SELECT 1").close();
      writing.setCharacterStream(1, new StringReader("streamed"));
      reading.executeQuery("SELECT 1").close();
      assertThat(replica.held()).isZero();

      assertThat(writing.executeUpdate()).isEqualTo(1);

      try (ResultSet rows = reading.executeQuery("SELECT v FROM t")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("streamed");
      }
      assertThat(replica.held()).isEqualTo(1);
      assertThatThrownBy(writing::executeUpdate)
          .as("its stream is gone")
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  void credentialsReachThePool() throws SQLException {
    try (Connection connection = database.getConnection("ada", "secret");
        Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT 1").close();
      statement.executeUpdate("DELETE FROM t");
    }
    assertThat(primary.calls).contains("user ada");
    assertThat(replica.calls).contains("user ada");
  }

  @Test
  void aPrimaryAloneIsWrapped() throws SQLException {
    CountedPool alone = new CountedPool(url);
    DataSource wrapped = MeshDataSource.wrap(mesh, "orders", alone);
    try (Connection connection = wrapped.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      statement.executeQuery("SELECT 1").close();
      try (ResultSet row = statement.executeQuery("EXPLAIN MESH SELECT 1")) {
        row.next();
        assertThat(row.getString("reason")).isEqualTo("no replicas");
      }
    }
    assertThat(alone.held()).isZero();
  }
}
