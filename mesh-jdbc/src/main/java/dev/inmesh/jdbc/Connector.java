package dev.inmesh.jdbc;

import dev.inmesh.call.Deadline;
import dev.inmesh.config.DatabaseServer;
import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.config.Redaction;
import dev.inmesh.config.Secret;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Opens physical connections to one server of the configuration, so many at a time and each within
 * a time. Whoever has one says {@link #closed} when it is closed. Safe for concurrent use.
 */
final class Connector implements DataSource {

  /** Of PostgreSQL's driver. */
  private static final String READ_ONLY_MODE = "readOnlyMode";

  private final Executor threads;
  private final Slots slots = new Slots(Integer.MAX_VALUE);
  private volatile DatabaseServer server;
  private volatile DatabaseSettings settings;
  private volatile int loginTimeout;

  Connector(Executor threads, DatabaseServer server, DatabaseSettings settings) {
    this.threads = threads;
    this.server = server;
    this.settings = settings;
    apply(server, settings);
  }

  /** Other settings from now on; connections that are open stay. */
  void apply(DatabaseServer changed, DatabaseSettings changedSettings) {
    server = changed;
    settings = changedSettings;
    slots.resize(changedSettings.maxConnections().orElse(Integer.MAX_VALUE));
  }

  @Override
  public Connection getConnection() throws SQLException {
    DatabaseSettings now = settings;
    return counted(now.user().orElse(null), now.password().map(Secret::value).orElse(null));
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return counted(user, password);
  }

  /** One that doesn't count, to ask the server what can't wait. */
  Connection connectApart() throws SQLException {
    DatabaseSettings now = settings;
    return connectApart(now.user().orElse(null), now.password().map(Secret::value).orElse(null));
  }

  /** One that doesn't count, to ask the server what can't wait. */
  Connection connectApart(@Nullable String user, @Nullable String password) throws SQLException {
    long start = System.nanoTime();
    try {
      return open(user, password, start, start + limitNanos(start));
    } catch (InterruptedException e) {
      throw interrupted(start, e);
    }
  }

  private Connection counted(@Nullable String user, @Nullable String password) throws SQLException {
    long start = System.nanoTime();
    long end = start + limitNanos(start);
    try {
      if (!slots.acquire(end - start)) {
        throw full(start);
      }
      boolean opened = false;
      try {
        Connection connection = open(user, password, start, end);
        opened = true;
        return connection;
      } finally {
        if (!opened) {
          slots.release();
        }
      }
    } catch (InterruptedException e) {
      throw interrupted(start, e);
    }
  }

  private SQLException interrupted(long start, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new SQLTransientConnectionException(words("interrupted", start), "08001", e);
  }

  private long limitNanos(long start) {
    long limit = Math.min(settings.connectTimeout().toNanos(), Deadline.limitNanos(start));
    return loginTimeout > 0 ? Math.min(limit, TimeUnit.SECONDS.toNanos(loginTimeout)) : limit;
  }

  /** Not {@code 08}: a pool above would close the logical connection that waits for this one. */
  private SQLException full(long start) {
    return new SQLTransientConnectionException(
        words(
            "all "
                + settings.maxConnections().orElse(0)
                + " connections are in use (mesh.jdbc."
                + settings.name()
                + ".max-connections)",
            start),
        "53300");
  }

  /** On another thread, since not every driver lets itself be stopped in time. */
  private Connection open(@Nullable String user, @Nullable String password, long start, long end)
      throws SQLException, InterruptedException {
    Driver driver = Drivers.of(settings.name(), server);
    CompletableFuture<Connection> opening = new CompletableFuture<>();
    String url = server.url();
    Properties login = new Properties();
    if (user != null) {
      login.setProperty("user", user);
    }
    if (password != null) {
      login.setProperty("password", password);
    }
    if (url.startsWith("jdbc:postgresql:") && !url.contains(READ_ONLY_MODE)) {
      // Otherwise a read-only connection in autocommit is none for the server.
      login.setProperty(READ_ONLY_MODE, "always");
    }
    try {
      boolean bounded = Drivers.boundSockets(url, login, end - System.nanoTime());
      threads.execute(() -> open(driver, url, login, bounded, opening));
      return opening.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new SQLTransientConnectionException(
          words("no thread is free, or the mesh is closed", start), "08001");
    } catch (TimeoutException e) {
      return late(opening, start);
    } catch (InterruptedException e) {
      abandon(opening);
      throw e;
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause(), user, password, start);
    }
  }

  private void open(
      Driver driver,
      String url,
      Properties login,
      boolean bounded,
      CompletableFuture<Connection> opening) {
    try {
      Connection opened = driver.connect(url, login);
      if (opened != null && bounded) {
        // It was for the login alone.
        opened.setNetworkTimeout(threads, 0);
      }
      if (opened == null) {
        opening.completeExceptionally(new SQLException("the driver doesn't take the URL"));
      } else if (!opening.complete(opened)) {
        // Nobody waits for it any more.
        opened.close();
      }
    } catch (Throwable e) {
      opening.completeExceptionally(e);
    }
  }

  /** Its waiter was interrupted, as those are whose time is up: nobody would ever close it. */
  private static void abandon(CompletableFuture<Connection> opening) {
    if (opening.cancel(false) || opening.isCompletedExceptionally()) {
      return;
    }
    try {
      // It came in the very last moment.
      opening.join().close();
    } catch (SQLException | RuntimeException e) {
      // It is gone anyway.
    }
  }

  private Connection late(CompletableFuture<Connection> opening, long start) throws SQLException {
    SQLException late =
        new SQLTransientConnectionException(words("the time for it is over", start), "08001");
    if (opening.completeExceptionally(late)) {
      throw late;
    }
    try {
      // It came in the very last moment.
      return opening.join();
    } catch (RuntimeException e) {
      throw late;
    }
  }

  private SQLException failed(
      Throwable thrown, @Nullable String user, @Nullable String password, long start) {
    String message = Redaction.redact(String.valueOf(thrown.getMessage()));
    if (password != null && !password.isEmpty()) {
      message = message.replace(password, "***");
    }
    String state =
        thrown instanceof SQLException e && e.getSQLState() != null ? e.getSQLState() : "08001";
    int code = thrown instanceof SQLException e ? e.getErrorCode() : 0;
    // What shows a credential is not handed on.
    Throwable cause = message.equals(String.valueOf(thrown.getMessage())) ? thrown : null;
    if (state.startsWith("28")) {
      return new SQLInvalidAuthorizationSpecException(
          words("user " + user + " is refused: " + message, start)
              + "; set mesh.jdbc."
              + (settings.name() + ".user and .password"),
          state,
          code,
          cause);
    }
    return state.startsWith("08") || state.startsWith("53") || state.startsWith("57")
        ? new SQLTransientConnectionException(words(message, start), state, code, cause)
        : new SQLNonTransientConnectionException(words(message, start), state, code, cause);
  }

  private String words(String what, long start) {
    long millis = (System.nanoTime() - start) / 1_000_000;
    return settings.name() + ": no connection to " + server + " after " + millis + " ms: " + what;
  }

  /** One that it opened is closed. */
  void closed() {
    slots.release();
  }

  /** How many are open. */
  int open() {
    return slots.taken();
  }

  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeout = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeout;
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("there is no log writer");
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("there is no log writer");
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.inmesh.jdbc");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("no " + type.getName() + " here");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public String toString() {
    return server.toString();
  }
}
