package dev.inmesh.samples.bench;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.ReadRouting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What logical connections cost above a driver that costs nothing. Goals above {@code BARE}: a
 * connection's cycle at most 100 ns, a statement's at most 300 ns and 256 B, and a throttled one's
 * at most 100 ns and nothing more above {@code WRAPPED}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 10, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class JdbcBenchmark {

  private static final String SQL = "SELECT amount FROM stock WHERE id = ?";

  /** Whose connections. */
  public enum Source {
    /** The driver's. */
    BARE,
    /** Those of a primary alone. */
    WRAPPED,
    /** The same, with a throttle that has nothing to hold back. */
    THROTTLED,
    /** Those of a primary and a replica, to which the statement goes. */
    ROUTED
  }

  /** Whose connections. */
  @Param({"BARE", "WRAPPED", "THROTTLED", "ROUTED"})
  public Source source;

  private Mesh mesh;
  private DataSource database;
  private Connection connection;

  /** A connection that has been used. */
  @Setup
  public void setUp() throws SQLException {
    String mode = source == Source.THROTTLED ? "enforce" : "off";
    mesh = Mesh.of(Map.of("mesh.jdbc.orders.throttle.mode", mode));
    DataSource pool = StubDatabase.pool();
    MeshDataSource.Builder builder =
        MeshDataSource.builder(mesh, "orders")
            .primary(pool)
            .readRouting(ReadRouting.AUTO)
            .meterRegistry(new SimpleMeterRegistry());
    database =
        switch (source) {
          case BARE -> pool;
          case WRAPPED, THROTTLED -> builder.build();
          case ROUTED -> builder.replica("r1", StubDatabase.pool()).build();
        };
    connection = database.getConnection();
    statement();
  }

  /** From the pool and back, without a statement. */
  @Benchmark
  public boolean connection() throws SQLException {
    try (Connection taken = database.getConnection()) {
      return taken.getAutoCommit();
    }
  }

  /** Prepare, set, query, next, get, close. */
  @Benchmark
  public int statement() throws SQLException {
    return query(connection);
  }

  /** A connection and one statement on it. */
  @Benchmark
  public int connectionAndStatement() throws SQLException {
    try (Connection taken = database.getConnection()) {
      return query(taken);
    }
  }

  private static int query(Connection on) throws SQLException {
    try (PreparedStatement statement = on.prepareStatement(SQL)) {
      statement.setInt(1, 7);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getInt(1) : -1;
      }
    }
  }

  /** Ends the mesh's threads. */
  @TearDown
  public void close() throws SQLException {
    connection.close();
    mesh.close();
  }
}
