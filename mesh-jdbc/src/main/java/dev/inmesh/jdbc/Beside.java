package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Connections to where a pool's lead that are not the pool's: what watches a server must not wait
 * for a pool that everybody waits for, nor take a connection away from it. A pool says where they
 * lead by its properties, as HikariCP's, Tomcat's and DBCP's and the drivers' own DataSources have
 * them, or has the DataSource that it draws on. What a pool tells its driver besides, as to encrypt
 * what is sent, holds here too.
 */
final class Beside {

  private static final List<String> URLS = List.of("getJdbcUrl", "getUrl", "getURL");
  private static final List<String> USERS = List.of("getUsername", "getUser");
  private static final List<String> PASSWORDS = List.of("getPassword");
  private static final List<String> TARGETS = List.of("getTargetDataSource", "getDataSource");

  /** HikariCP's, Tomcat's, c3p0's and Druid's. */
  private static final List<String> PROPERTIES =
      List.of(
          "getDataSourceProperties", "getDbProperties", "getProperties", "getConnectProperties");

  /** Its URL doesn't say what was set on it besides. */
  private static final String MYSQL = "com.mysql.";

  /** DataSources draw on others no deeper than this. */
  private static final int DEEPEST = 8;

  /** A server that takes the connection and then says nothing must not hold a thread for ever. */
  private static final long LOGIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private Beside() {}

  /**
   * A new one.
   *
   * @throws SQLException if nobody can say where the pool's connections lead, or it can't be opened
   */
  static Connection open(DataSource pool) throws SQLException {
    return open(pool, LOGIN_NANOS);
  }

  static Connection open(DataSource pool, long loginNanos) throws SQLException {
    Properties login = new Properties();
    DataSource asked = pool;
    for (int depth = 0; depth < DEEPEST; depth++) {
      boolean told = login.containsKey("user");
      add(login, asked);
      Optional<String> url = property(asked, URLS, String.class);
      if (url.isPresent() && !asked.getClass().getName().startsWith(MYSQL)) {
        return open(url.get(), login, loginNanos);
      }
      Optional<DataSource> target = property(asked, TARGETS, DataSource.class);
      if (target.isEmpty() && (depth > 0 || url.isPresent())) {
        // What a pool draws on is no pool itself.
        return told
            ? asked.getConnection(login.getProperty("user"), login.getProperty("password"))
            : asked.getConnection();
      }
      if (target.isEmpty()) {
        break;
      }
      asked = target.get();
    }
    throw new SQLNonTransientConnectionException(
        "its pool, a "
            + pool.getClass().getName()
            + ", doesn't say where its connections lead; give the builder connections by probe()",
        "08001");
  }

  /** A pool says it for what it draws on. */
  private static void add(Properties login, DataSource from) {
    property(from, USERS, String.class).ifPresent(user -> login.putIfAbsent("user", user));
    property(from, PASSWORDS, String.class)
        .ifPresent(password -> login.putIfAbsent("password", password));
    property(from, PROPERTIES, Properties.class)
        .ifPresent(
            all ->
                all.stringPropertyNames()
                    .forEach(name -> login.putIfAbsent(name, all.getProperty(name))));
  }

  private static Connection open(String url, Properties login, long loginNanos)
      throws SQLException {
    if (!login.containsKey("socketTimeout")) {
      // Who watches gives the connection a limit of its own.
      boolean unused = Drivers.boundSockets(url, login, loginNanos);
    }
    return DriverManager.getConnection(url, login);
  }

  private static <T> Optional<T> property(DataSource of, List<String> names, Class<T> type) {
    for (String name : names) {
      try {
        Method getter = of.getClass().getMethod(name);
        Object value = getter.invoke(of);
        if (type.isInstance(value) && value != of) {
          return Optional.of(type.cast(value));
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        // It has none, or doesn't show it.
      }
    }
    return Optional.empty();
  }
}
