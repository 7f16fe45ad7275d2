package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BesideTest {

  private final Noting driver = new Noting();

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
  }

  @AfterEach
  void deregister() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  /** Otherwise what watches would send a password in the clear where a pool encrypts it. */
  @Test
  void whatAPoolTellsItsDriverHoldsHereToo() throws SQLException {
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setJdbcUrl("jdbc:noting:x");
      pool.setUsername("app");
      pool.setPassword("secret");
      pool.addDataSourceProperty("sslmode", "verify-full");
      pool.addDataSourceProperty("user", "another");

      Beside.open(pool).close();
    }

    assertThat(driver.login)
        .containsEntry("sslmode", "verify-full")
        .containsEntry("user", "app")
        .containsEntry("password", "secret");
  }

  @Test
  void aPoolLogsInToWhatItDrawsOn() throws SQLException {
    CountedPool drawnOn = new CountedPool("jdbc:noting:x");
    try (HikariDataSource pool = new HikariDataSource()) {
      pool.setDataSource(drawnOn);
      Beside.open(pool).close();
      assertThat(drawnOn.calls).doesNotContain("user app");

      pool.setUsername("app");
      pool.setPassword("secret");
      Beside.open(pool).close();
      assertThat(drawnOn.calls).contains("user app");
    }
  }

  @Test
  void aServerThatSaysNothingHoldsNoThread() throws IOException {
    try (HikariDataSource pool = new HikariDataSource();
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      pool.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/orders");

      assertThatThrownBy(() -> Beside.open(pool, TimeUnit.SECONDS.toNanos(1)))
          .isInstanceOf(SQLException.class);
    }
  }

  /** Says with which properties it was asked for a connection. */
  private static final class Noting implements Driver {

    final Properties login = new Properties();

    @Override
    public @Nullable Connection connect(String url, Properties info) {
      if (!acceptsURL(url)) {
        return null;
      }
      login.putAll(info);
      return StubDriver.connection();
    }

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:noting:");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }
}
