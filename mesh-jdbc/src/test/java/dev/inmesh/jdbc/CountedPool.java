package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** A pool that counts what was taken and given back, and can refuse. */
final class CountedPool implements DataSource {

  private final Callable<Connection> driver;
  final AtomicInteger asked = new AtomicInteger();
  final AtomicInteger taken = new AtomicInteger();
  final AtomicInteger givenBack = new AtomicInteger();

  /** What was called on its connections. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  volatile boolean refuses;

  CountedPool(Callable<Connection> driver) {
    this.driver = driver;
  }

  CountedPool(String url) {
    this(() -> DriverManager.getConnection(url));
  }

  int held() {
    return taken.get() - givenBack.get();
  }

  /** Sessions give back at once; whoever asks the servers beside them may take a moment more. */
  static void awaitGivenBack(CountedPool... pools) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (Stream.of(pools).anyMatch(pool -> pool.held() != 0)) {
      assertThat(System.nanoTime() - end).as("given back within 10 s").isNegative();
      Thread.onSpinWait();
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    asked.incrementAndGet();
    if (refuses) {
      throw new SQLException("refused", "08001");
    }
    Connection raw;
    try {
      raw = driver.call();
    } catch (SQLException e) {
      throw e;
    } catch (Exception e) {
      throw new SQLException(e);
    }
    taken.incrementAndGet();
    boolean[] closed = {false};
    return (Connection)
        Proxy.newProxyInstance(
            CountedPool.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, args) -> {
              String name = method.getName();
              calls.add(name);
              if ((name.equals("close") || name.equals("abort")) && !closed[0]) {
                closed[0] = true;
                givenBack.incrementAndGet();
              }
              try {
                return method.invoke(raw, args);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    calls.add("user " + user);
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("no " + type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
