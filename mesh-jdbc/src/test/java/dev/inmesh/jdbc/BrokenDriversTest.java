package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing is lost, and nobody else is hit, whatever drivers and pools do. */
@Timeout(60)
final class BrokenDriversTest {

  private final Mesh mesh = Mesh.of(Map.of());

  @AfterEach
  void close() {
    mesh.close();
    assertThat(Thread.interrupted()).as("interrupted").isFalse();
  }

  private MeshDataSource over(CountedPool primary, CountedPool replica) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(primary)
        .replica("r1", replica)
        .readRouting(ReadRouting.AUTO)
        .meterRegistry(new SimpleMeterRegistry())
        .build();
  }

  @SuppressWarnings("unchecked")
  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    ClassLoader loader = BrokenDriversTest.class.getClassLoader();
    return (T) Proxy.newProxyInstance(loader, new Class<?>[] {type}, handler);
  }

  private static CountedPool stub(String method, InvocationHandler instead) {
    return new CountedPool(
        () -> {
          Connection raw = StubDriver.connection();
          return proxy(
              Connection.class,
              (self, called, args) ->
                  called.getName().equals(method)
                      ? instead.invoke(raw, called, args)
                      : called.invoke(raw, args));
        });
  }

  /** A driver from before JDBC 4.1 has no method for it. */
  @Test
  void aConnectionThatCantBeSetUpIsGivenBack() throws SQLException {
    CountedPool old =
        stub(
            "setSchema",
            (self, method, args) -> {
              throw new AbstractMethodError("setSchema");
            });
    try (Connection connection = over(old, old).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setSchema("s");
      for (String sql : new String[] {"SELECT 1", "DELETE FROM t"}) {
        assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(AbstractMethodError.class);
        assertThat(old.held()).as(sql).isZero();
      }
    }
  }

  /** What a driver needs is not on the class path. */
  @Test
  void aReplicaThatBreaksWithAnErrorIsCountedNoLonger() throws SQLException {
    CountedPool primary = new CountedPool(StubDriver::connection);
    CountedPool broken =
        new CountedPool(
            () -> {
              throw new NoClassDefFoundError("waffle/Kerberos");
            });
    MeshDataSource database = over(primary, broken);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeQuery("SELECT 1").close();

      assertThat(primary.held()).as("where none is left").isEqualTo(1);
    }
    assertThat(database.servers()).extracting(ServerStatus::inFlight).containsOnly(0);
  }

  /** The pool may have given its physical statement's connection to somebody else. */
  @Test
  void cancelReachesNoConnectionThatWasGivenBack() throws SQLException {
    AtomicInteger cancels = new AtomicInteger();
    CountedPool primary =
        stub(
            "prepareStatement",
            (raw, method, args) -> {
              PreparedStatement made = (PreparedStatement) method.invoke(raw, args);
              return proxy(
                  PreparedStatement.class,
                  (self, called, values) -> {
                    if (called.getName().equals("cancel")) {
                      cancels.incrementAndGet();
                    }
                    return called.invoke(made, values);
                  });
            });
    CountedPool replica = new CountedPool(StubDriver::connection);
    try (Connection connection = over(primary, replica).getConnection();
        PreparedStatement writing = connection.prepareStatement("DELETE FROM t");
        Statement reading = connection.createStatement()) {
      writing.cancel();
      assertThat(cancels).hasValue(1);
      reading.executeQuery("SELECT 1").close();
      assertThat(primary.held()).isZero();

      writing.cancel();

      assertThat(cancels).hasValue(1);
    }
  }

  @Test
  void aConnectionThatNoServerGivesIsNotValid() throws SQLException {
    CountedPool primary = new CountedPool(StubDriver::connection);
    try (Connection connection = over(primary, primary).getConnection()) {
      primary.refuses = true;

      assertThat(connection.isValid(1)).isFalse();
      assertThatThrownBy(() -> connection.isValid(-1)).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void isValidAnswersInItsTime() throws SQLException {
    CountDownLatch never = new CountDownLatch(1);
    CountedPool exhausted =
        new CountedPool(
            () -> {
              never.await();
              return StubDriver.connection();
            });
    try (Connection connection = over(exhausted, exhausted).getConnection()) {
      assertThat(connection.isValid(1)).isFalse();
    }
  }

  @Test
  void clientInfoOfAClosedConnectionIsRefusedAsJdbcSays() throws SQLException {
    CountedPool primary = new CountedPool(StubDriver::connection);
    Connection connection = over(primary, primary).getConnection();
    connection.close();

    assertThatThrownBy(() -> connection.setClientInfo("ApplicationName", "x"))
        .isInstanceOf(SQLClientInfoException.class)
        .hasMessageContaining("connection is closed");
  }
}
