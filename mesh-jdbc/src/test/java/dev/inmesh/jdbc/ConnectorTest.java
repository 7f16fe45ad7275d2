package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that {@code jdbc:mesh:} opens itself. */
@Timeout(60)
final class ConnectorTest {

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Driver driver =
      (Driver)
          Proxy.newProxyInstance(
              ConnectorTest.class.getClassLoader(),
              new Class<?>[] {Driver.class},
              (self, method, args) ->
                  switch (method.getName()) {
                    case "acceptsURL" -> ((String) args[0]).startsWith("jdbc:slow:");
                    case "connect" -> ((String) args[0]).startsWith("jdbc:slow:") ? slowly() : null;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    default -> null;
                  });

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
  }

  @AfterEach
  void forget() throws SQLException {
    answers.countDown();
    DriverManager.deregisterDriver(driver);
  }

  /** A driver that heeds no interrupt while it connects. */
  private Connection slowly() throws InterruptedException {
    asked.countDown();
    answers.await();
    Connection raw = StubDriver.connection();
    return (Connection)
        Proxy.newProxyInstance(
            ConnectorTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, args) -> {
              if (method.getName().equals("close")) {
                closed.countDown();
              }
              return method.invoke(raw, args);
            });
  }

  @Test
  void aConnectionThatComesWhenItsStatementHasTimedOutIsClosed() throws Exception {
    try (Mesh mesh =
            Mesh.of(
                Map.of(
                    "mesh.jdbc.orders.primary", "jdbc:slow:db1",
                    "mesh.jdbc.orders.timeout", "100ms",
                    "mesh.jdbc.orders.timeout.connect", "1h"));
        Connection connection = MeshDataSource.of(mesh, "orders").getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class);
      asked.await();

      answers.countDown();

      closed.await();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }
}
