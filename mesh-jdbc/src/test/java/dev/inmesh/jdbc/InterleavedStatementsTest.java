package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one statement has to give must still be there when others have been run in between. */
final class InterleavedStatementsTest {

  private static final String WHERE = "SELECT name FROM whoami";

  private final Mesh mesh = Mesh.of(Map.of());
  private final CountedPool primary = server("primary");
  private final CountedPool replica = server("r1");

  @AfterEach
  void close() {
    mesh.close();
    assertThat(primary.held() + replica.held()).as("given back").isZero();
  }

  private static CountedPool server(String name) {
    return new CountedPool(
        H2.database(
            "CREATE TABLE whoami(name VARCHAR(20))",
            "INSERT INTO whoami VALUES ('" + name + "')",
            "CREATE TABLE t(id INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(100))"));
  }

  private Connection connect() {
    return over(primary, replica).getConnection();
  }

  private MeshDataSource over(CountedPool first, CountedPool second) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(first)
        .replica("r1", second)
        .readRouting(ReadRouting.AUTO)
        // H2 can't tell how far its replicas are, and would be read from the primary after a write.
        .consistency(Consistency.NONE)
        .meterRegistry(new SimpleMeterRegistry())
        .build();
  }

  private static String where(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHERE)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void generatedKeysWaitUntilTheyAreAskedFor() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO t(v) VALUES ('a')", Statement.RETURN_GENERATED_KEYS)) {
      assertThat(insert.executeUpdate()).isEqualTo(1);
      String between = where(connection);

      try (ResultSet keys = insert.getGeneratedKeys()) {
        String whileRead = where(connection);
        assertThat(keys.next()).isTrue();
        assertThat(keys.getInt(1)).isEqualTo(1);
        assertThat(between + " " + whileRead).isEqualTo("primary primary");
      }
      assertThat(where(connection)).as("when they have been read").isEqualTo("r1");
    }
  }

  @Test
  void keysThatNobodyAsksForKeepTheConnectionNoLongerThanTheirStatement() throws SQLException {
    try (Connection connection = connect()) {
      Statement insert = connection.createStatement();
      for (int i = 0; i < 2; i++) {
        insert.executeUpdate("INSERT INTO t(v) VALUES ('a')", Statement.RETURN_GENERATED_KEYS);
        assertThat(where(connection)).isEqualTo("primary");
      }
      insert.executeUpdate("INSERT INTO t(v) VALUES ('a')");
      assertThat(where(connection)).as("run without keys").isEqualTo("r1");

      insert.executeUpdate("INSERT INTO t(v) VALUES ('a')", new String[] {"ID"});
      insert.close();
      assertThat(where(connection)).as("closed").isEqualTo("r1");
    }
  }

  @Test
  void whatAFunctionAnsweredWaitsUntilItIsRead() throws SQLException {
    try (Connection connection = connect()) {
      try (CallableStatement call = connection.prepareCall("{? = call ABS(?)}")) {
        call.registerOutParameter(1, Types.INTEGER);
        call.setInt(2, -5);
        call.execute();

        assertThat(where(connection)).isEqualTo("primary");

        assertThat(call.getInt(1)).isEqualTo(5);
      }
      assertThat(where(connection)).isEqualTo("r1");
    }
  }

  @Test
  void aTransactionThatABatchBeginsStaysAtThePrimary() throws SQLException {
    try (Connection connection = connect();
        Statement batch = connection.createStatement()) {
      batch.addBatch("BEGIN");
      batch.addBatch("INSERT INTO t(v) VALUES ('a')");
      assertThat(batch.executeBatch()).hasSize(2);

      assertThat(where(connection)).isEqualTo("primary");
    }
  }

  @Test
  void aBatchIsNeverLostSilently() throws SQLException {
    try (Connection connection = connect();
        Statement batch = connection.createStatement()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(where(connection)).isEqualTo("r1");
      batch.addBatch("INSERT INTO t(v) VALUES ('a')");
      connection.commit();
      connection.setReadOnly(false);

      assertThatThrownBy(batch::executeBatch)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("batch");
    }
  }

  /** Some drivers allow it. */
  @Test
  void aTextGivenToAPreparedStatementIsTheOneThatCounts() throws SQLException {
    CountedPool first = new CountedPool(StubDriver::connection);
    CountedPool second = new CountedPool(StubDriver::connection);
    try (Connection connection = over(first, second).getConnection();
        PreparedStatement read = connection.prepareStatement("SELECT 1")) {
      assertThat(second.held()).isEqualTo(1);

      read.execute("DELETE FROM t");

      assertThat(first.held()).as("at the primary").isEqualTo(1);
      assertThat(second.held()).isZero();
    }
  }

  @Test
  void resultsThatWereKeptEndWithTheirStatement() throws SQLException {
    CountedPool first = new CountedPool(StubDriver::connection);
    CountedPool second = new CountedPool(StubDriver::connection);
    try (Connection connection = over(first, second).getConnection();
        Statement writing = connection.createStatement()) {
      Statement reading = connection.createStatement();
      assertThat(reading.execute("SELECT 1")).isTrue();
      assertThat(reading.getMoreResults(Statement.KEEP_CURRENT_RESULT)).isFalse();
      writing.executeUpdate("DELETE FROM t");
      assertThat(second.held()).as("still read").isEqualTo(1);

      reading.close();

      assertThat(second.held()).isZero();
    }
  }

  @Test
  void whoOnlyAsksWhatSomethingWrapsChangesNothing() throws SQLException {
    try (Connection connection = connect();
        Statement reading = connection.createStatement()) {
      ResultSet rows = reading.executeQuery("SELECT x FROM SYSTEM_RANGE(1, 2)");
      assertThat(rows.next()).isTrue();
      DatabaseMetaData metaData = connection.getMetaData();

      assertThat(reading.isWrapperFor(Runnable.class)).isFalse();
      assertThat(metaData.isWrapperFor(Runnable.class)).isFalse();
      assertThatThrownBy(() -> connection.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> reading.unwrap(Runnable.class)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> metaData.unwrap(Runnable.class)).isInstanceOf(SQLException.class);

      assertThat(rows.next()).isTrue();
      rows.close();
      assertThat(where(connection)).isEqualTo("r1");
    }
  }

  @Test
  void theLastLimitOfRowsCountsWhereverAStatementGoes() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.setLargeMaxRows(3);
      statement.setMaxRows(1);
      statement.setLargeMaxRows(2);

      int read = 0;
      try (ResultSet rows = statement.executeQuery("SELECT x FROM SYSTEM_RANGE(1, 9)")) {
        while (rows.next()) {
          read++;
        }
      }
      assertThat(read).isEqualTo(2);
    }
  }
}
