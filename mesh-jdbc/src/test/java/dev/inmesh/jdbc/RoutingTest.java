package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which server a statement reaches: each one's table holds its own name. */
final class RoutingTest {

  private static final String WHERE = "SELECT name FROM whoami";

  private final Mesh mesh = Mesh.of(Map.of());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountedPool primary = server("primary");
  private final CountedPool r1 = server("r1");
  private final CountedPool r2 = server("r2");

  @AfterEach
  void close() {
    mesh.close();
    assertThat(primary.held() + r1.held() + r2.held()).as("given back").isZero();
  }

  private static CountedPool server(String name) {
    return new CountedPool(
        H2.database(
            "CREATE TABLE whoami(name VARCHAR(20))",
            "INSERT INTO whoami VALUES ('" + name + "')",
            "CREATE TABLE t(id INT PRIMARY KEY, v VARCHAR(100))"));
  }

  private MeshDataSource database(ReadRouting routing) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(primary)
        .replica("r1", r1)
        .readRouting(routing)
        .consistency(Consistency.NONE)
        .meterRegistry(meters)
        .build();
  }

  private Connection connection(ReadRouting routing) {
    return database(routing).getConnection();
  }

  private static String read(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private double counted(String target, String reason) {
    Counter counter =
        meters.find("mesh.jdbc.routes").tag("target", target).tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void readOnlyConnectionsReadFromAReplica() throws SQLException {
    try (Connection connection = connection(ReadRouting.READONLY)) {
      connection.setReadOnly(true);

      assertThat(read(connection, WHERE)).isEqualTo("r1");
    }
    assertThat(counted("replica", "read-only")).isEqualTo(1);
  }

  @Test
  void otherConnectionsReadFromThePrimaryUnlessTheTextAsksForAReplica() throws SQLException {
    try (Connection connection = connection(ReadRouting.READONLY)) {
      assertThat(read(connection, WHERE)).isEqualTo("primary");
      assertThat(read(connection, "/* mesh:replica */ " + WHERE)).isEqualTo("r1");
    }
    assertThat(counted("primary", "not read-only")).isEqualTo(1);
    assertThat(counted("replica", "read")).isEqualTo(1);
  }

  @Test
  void aDeclarationVouchesForUnknownFunctionsAndAHintForThePrimaryStillHolds() throws SQLException {
    try (Connection connection = connection(ReadRouting.READONLY)) {
      connection.setReadOnly(true);

      assertThat(explained(connection, "SELECT f(1)")).isEqualTo("replica r1 read-only");
      assertThat(explained(connection, "/* mesh:primary */ SELECT f(1)"))
          .isEqualTo("primary primary hint");
      assertThat(explained(connection, "/* mesh:primry */ SELECT f(1)"))
          .isEqualTo("primary primary unknown hint mesh:primry");
      assertThat(explained(connection, "SELECT f(1) FOR UPDATE"))
          .isEqualTo("primary primary locking read");
    }
  }

  private static String explained(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("EXPLAIN MESH " + sql)) {
      row.next();
      return row.getString(1) + " " + row.getString(2) + " " + row.getString(3);
    }
  }

  @Test
  void offNeverReadsFromAReplica() throws SQLException {
    try (Connection connection = connection(ReadRouting.OFF)) {
      connection.setReadOnly(true);

      assertThat(read(connection, WHERE)).isEqualTo("primary");
    }
    assertThat(counted("primary", "routing off")).isEqualTo(1);
  }

  @Test
  void autoReadsFromAReplicaInAutocommitAndWritesToThePrimary() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        Statement statement = connection.createStatement()) {
      assertThat(read(connection, WHERE)).isEqualTo("r1");

      assertThat(statement.executeUpdate("INSERT INTO t VALUES (1, 'a')")).isEqualTo(1);

      assertThat(read(connection, "/* mesh:primary */ SELECT v FROM t")).isEqualTo("a");
      assertThat(read(connection, WHERE)).isEqualTo("r1");
    }
  }

  @Test
  void aTransactionStaysAtItsServer() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO)) {
      connection.setAutoCommit(false);
      assertThat(read(connection, WHERE)).isEqualTo("primary");
      connection.commit();

      connection.setReadOnly(true);
      assertThat(read(connection, WHERE)).isEqualTo("r1");
      assertThat(read(connection, "SELECT name FROM whoami FOR UPDATE")).isEqualTo("r1");
      assertThatThrownBy(() -> connection.setReadOnly(false)).hasMessageContaining("transaction");
      connection.commit();

      connection.setReadOnly(false);
      assertThat(read(connection, WHERE)).isEqualTo("primary");
    }
  }

  @Test
  void textsThatWriteGoToThePrimaryFromReadOnlyConnectionsToo() throws SQLException {
    try (Connection connection = connection(ReadRouting.READONLY);
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      assertThat(read(connection, WHERE)).isEqualTo("r1");

      statement.execute("INSERT INTO t VALUES (2, 'b')");

      assertThat(read(connection, "/* mesh:primary */ SELECT v FROM t")).isEqualTo("b");
    }
  }

  @Test
  void theWayAStatementIsRunCanDemandThePrimary() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        PreparedStatement keys =
            connection.prepareStatement(WHERE, Statement.RETURN_GENERATED_KEYS);
        Statement updatable =
            connection.createStatement(
                ResultSet.TYPE_SCROLL_SENSITIVE, ResultSet.CONCUR_UPDATABLE)) {
      try (ResultSet rows = keys.executeQuery()) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("primary");
      }
      try (ResultSet rows = updatable.executeQuery(WHERE)) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("primary");
      }
    }
    assertThat(counted("primary", "generated keys")).isEqualTo(1);
    assertThat(counted("primary", "updatable result")).isEqualTo(1);
  }

  @Test
  void whatIsLeftInTheSessionKeepsItAtThePrimary() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE LOCAL TEMPORARY TABLE mine(x INT)");

      assertThat(read(connection, WHERE)).isEqualTo("primary");
    }
    assertThat(counted("primary", "session state before")).isEqualTo(1);

    try (Connection connection = connection(ReadRouting.AUTO)) {
      assertThat(read(connection, WHERE)).isEqualTo("r1");
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      assertThat(read(connection, WHERE)).isEqualTo("primary");
    }
  }

  @Test
  void aPreparedStatementFollowsItsConnectionWithItsParameters() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        PreparedStatement read = connection.prepareStatement("SELECT name || ? || ? FROM whoami");
        PreparedStatement write = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
      read.setString(1, "+");
      read.setInt(2, 7);
      write.setInt(1, 3);
      write.setString(2, "c");
      assertThat(write.executeUpdate()).isEqualTo(1);

      try (ResultSet rows = read.executeQuery()) {
        rows.next();
        assertThat(rows.getString(1)).isEqualTo("r1+7");
      }
      write.setInt(1, 4);
      assertThat(write.executeUpdate()).isEqualTo(1);

      assertThat(read(connection, "/* mesh:primary */ SELECT COUNT(*) FROM t WHERE v = 'c'"))
          .isEqualTo("2");
    }
  }

  @Test
  void aResultCanBeReadOnWhileThePrimaryIsWrittenTo() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        Statement reading = connection.createStatement();
        Statement writing = connection.createStatement()) {
      ResultSet rows = reading.executeQuery("SELECT x, name FROM SYSTEM_RANGE(1, 3), whoami");
      int written = 0;
      while (rows.next()) {
        assertThat(rows.getString(2)).isEqualTo("r1");
        writing.executeUpdate("INSERT INTO t VALUES (" + rows.getInt(1) + ", 'x')");
        written++;
      }

      assertThat(written).isEqualTo(3);
      assertThat(r1.held()).as("read to its end").isZero();
      assertThat(read(connection, WHERE)).isEqualTo("r1");
    }
    // One more before the first statement, which asked what kind of database it is.
    assertThat(primary.taken).hasValue(2);
  }

  @Test
  void replicasTakeTurnsAndOneThatRefusesIsLeftAlone() throws SQLException {
    MeshDataSource database =
        MeshDataSource.builder(mesh, "orders")
            .primary(primary)
            .replica("r1", r1)
            .replica("r2", r2)
            .readRouting(ReadRouting.AUTO)
            .meterRegistry(meters)
            .build();
    String first = readOnce(database);
    String second = readOnce(database);
    assertThat(first + second).isIn("r1r2", "r2r1");

    r1.refuses = true;
    for (int i = 0; i < 4; i++) {
      assertThat(readOnce(database)).isEqualTo("r2");
    }

    r2.refuses = true;
    assertThat(readOnce(database)).isEqualTo("primary");
    assertThat(counted("primary", "no replica to be had")).isEqualTo(1);
  }

  private static String readOnce(MeshDataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return read(connection, WHERE);
    }
  }

  @Test
  void explainMeshSaysWhereAStatementWouldGoAndRunsNothing() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        Statement statement = connection.createStatement();
        PreparedStatement prepared =
            connection.prepareStatement("explain mesh DELETE FROM whoami");
        ResultSet row = statement.executeQuery("EXPLAIN MESH SELECT my_function(1) FROM t")) {
      ResultSetMetaData columns = row.getMetaData();
      assertThat(columns.getColumnCount()).isEqualTo(3);
      assertThat(columns.getColumnLabel(3)).isEqualTo("reason");
      assertThat(row.next()).isTrue();
      assertThat(row.getString("target")).isEqualTo("primary");
      assertThat(row.getString("server")).isEqualTo("primary");
      assertThat(row.getString(3)).isEqualTo("unknown function my_function");
      assertThat(row.next()).isFalse();

      assertThat(prepared.execute()).isTrue();
      ResultSet other = prepared.getResultSet();
      assertThat(other.next()).isTrue();
      assertThat(other.getObject("REASON")).isEqualTo("write");
      assertThat(other.getStatement()).isSameAs(prepared);

      ResultSet reads = statement.executeQuery("EXPLAIN MESH " + WHERE);
      assertThat(reads.next()).isTrue();
      assertThat(reads.getString("server")).isEqualTo("r1");
      assertThat(row.isClosed()).as("the result before").isTrue();
    }
    assertThat(meters.find("mesh.jdbc.routes").counters()).isEmpty();
    assertThat(r1.taken).hasValue(0);
  }

  @Test
  void namesOfFunctionsMakeNoMeters() throws SQLException {
    try (Connection connection = connection(ReadRouting.AUTO);
        Statement statement = connection.createStatement()) {
      for (String name : new String[] {"fa", "fb"}) {
        assertThatThrownBy(() -> statement.executeQuery("SELECT " + name + "(1)"))
            .isInstanceOf(SQLException.class);
      }
    }
    assertThat(counted("primary", "unknown function")).isEqualTo(2);
  }

  @Test
  void anIsolationThatWasTakenBackKeepsNothingAtThePrimary() throws SQLException {
    CountedPool first = new CountedPool(StubDriver::connection);
    CountedPool second = new CountedPool(StubDriver::connection);
    try (MeshDataSource database =
            MeshDataSource.builder(mesh, "orders")
                .primary(first)
                .replica("r1", second)
                .readRouting(ReadRouting.AUTO)
                .build();
        Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      statement.executeQuery("SELECT 1").close();
      assertThat(second.taken).hasValue(0);

      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      statement.executeQuery("SELECT 1").close();
      assertThat(second.taken).hasValue(1);
    }
  }

  @Test
  void aSettingThatOnlyReplicasRefuseSendsReadsToThePrimary() throws SQLException {
    String behind = H2.database("CREATE TABLE t(id INT)");
    String ahead = H2.database("CREATE SCHEMA s", "CREATE TABLE s.t(id INT)");
    CountedPool first = new CountedPool(ahead);
    CountedPool second = new CountedPool(behind);
    try (MeshDataSource database =
            MeshDataSource.builder(mesh, "orders")
                .primary(first)
                .replica("r1", second)
                .readRouting(ReadRouting.AUTO)
                .build();
        Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setSchema("S");

      statement.executeQuery("SELECT * FROM t").close();
      assertThat(second.taken).hasPositiveValue();
    }
    assertThat(first.held() + second.held()).isZero();
  }

  @Test
  void ofTwoDatabasesOfOneNameTheSumOfTheStatementsIsShown() throws SQLException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    for (int i = 0; i < 2; i++) {
      CountedPool pool = new CountedPool(StubDriver::connection);
      try (MeshDataSource same =
              MeshDataSource.builder(mesh, "orders").primary(pool).meterRegistry(meters).build();
          Connection connection = same.getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeQuery("SELECT 1").close();
        statement.executeQuery("SELECT 2").close();
      }
    }

    assertThat(
            meters
                .get("mesh.jdbc.statements")
                .tags("database", "orders", "server", "primary", "outcome", "success")
                .functionTimer()
                .count())
        .isEqualTo(4);
  }
}
