package dev.inmesh.jdbc;

import dev.inmesh.call.Deadline;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The methods of a logical connection. */
final class LogicalConnection extends Logical {

  private final Session session;

  LogicalConnection(Session session) {
    this.session = session;
  }

  @Override
  @Nullable Object call(Object proxy, Method method, Object[] args) throws Throwable {
    return switch (method.getName()) {
      case "createStatement", "prepareStatement", "prepareCall" ->
          session.isTimed()
              ? session.inTime(() -> LogicalStatement.create(session, method, args))
              : LogicalStatement.create(session, method, args);
      case "close" -> {
        session.close();
        yield null;
      }
      case "isClosed" -> session.isClosed();
      case "abort" -> {
        session.abort((Executor) args[0]);
        yield null;
      }
      case "commit" -> end(method, args);
      case "rollback" -> args.length == 0 ? end(method, args) : forward(method, args);
      case "getAutoCommit" -> {
        session.checkOpen();
        session.defaults();
        yield session.autoCommit();
      }
      case "isReadOnly" -> {
        session.checkOpen();
        session.defaults();
        yield session.readOnly();
      }
      case "getTransactionIsolation" -> {
        session.checkOpen();
        yield isolation(method, args);
      }
      case "setAutoCommit",
          "setReadOnly",
          "setTransactionIsolation",
          "setCatalog",
          "setSchema",
          "setHoldability",
          "setNetworkTimeout",
          "setTypeMap" ->
          set(method, args);
      case "setClientInfo" -> setClientInfo(method, args);
      // The transaction begins with it, where its first statement would have begun it.
      case "setSavepoint" -> session.inTime(() -> on(session.begins(), method, args));
      case "getMetaData" -> {
        session.checkOpen();
        yield Proxies.META_DATA.make(new LogicalMetaData(session));
      }
      case "clearWarnings", "endRequest" -> {
        // Pools that stand above end each use of a connection with one of these.
        session.settles();
        yield ifHeld(method, args);
      }
      case "getWarnings", "beginRequest" -> ifHeld(method, args);
      case "isValid" -> isValid(method, args);
      case "setShardingKey", "setShardingKeyIfValid" ->
          throw new SQLFeatureNotSupportedException(
              "a connection stays in its shard: give the key to createConnectionBuilder()");
      case "unwrap" -> unwrap(proxy, (Class<?>) args[0]);
      case "isWrapperFor" -> isWrapperFor(proxy, (Class<?>) args[0]);
      case "getCatalog",
          "getSchema",
          "getHoldability",
          "getNetworkTimeout",
          "getClientInfo",
          "getTypeMap",
          "nativeSQL",
          "releaseSavepoint" ->
          forward(method, args);
      // What is made, and what nobody here knows, may belong to one physical connection.
      default -> session.inTime(() -> on(session.pinned(), method, args));
    };
  }

  private @Nullable Object forward(Method method, Object[] args) throws Throwable {
    return session.inTime(() -> on(session.any(), method, args));
  }

  private @Nullable Object set(Method method, Object[] args) throws Throwable {
    if (session.current() == null || !session.isTimed()) {
      session.set(method, args);
      return null;
    }
    boolean commits =
        method.getName().equals("setAutoCommit") && args[0].equals(true) && session.inTransaction();
    try {
      return session.inTime(
          () -> {
            session.set(method, args);
            return null;
          });
    } catch (SQLTimeoutException e) {
      throw commits ? unknown(e) : e;
    }
  }

  /** Throws nothing else than it says. */
  private @Nullable Object setClientInfo(Method method, Object[] args) throws Throwable {
    try {
      return set(method, args);
    } catch (SQLClientInfoException e) {
      throw e;
    } catch (SQLException e) {
      throw new SQLClientInfoException(
          e.getMessage(), e.getSQLState(), e.getErrorCode(), Map.of(), e);
    }
  }

  /** A server that can't be asked in that time is an answer too. */
  private boolean isValid(Method method, Object[] args) throws Throwable {
    int seconds = (int) args[0];
    if (seconds < 0) {
      throw new SQLException("isValid(" + seconds + "): 0 or more seconds", "22023");
    }
    if (session.isClosed()) {
      return false;
    }
    if (seconds == 0) {
      return answers(method, args);
    }
    try (Deadline.Scope scope = Deadline.within(Duration.ofSeconds(seconds)).open()) {
      Objects.requireNonNull(scope);
      return answers(method, args);
    }
  }

  private boolean answers(Method method, Object[] args) throws Throwable {
    try {
      return Objects.equals(true, forward(method, args));
    } catch (SQLException e) {
      return false;
    }
  }

  private @Nullable Object on(Physical physical, Method method, Object[] args) throws Throwable {
    return session.wrap(method, Call.on(physical.raw, method, bare(args)), physical, null);
  }

  /** Where nothing was begun there is nothing to end. */
  private @Nullable Object end(Method method, Object[] args) throws Throwable {
    session.checkOpen();
    session.defaults();
    if (session.current() == null && !session.autoCommit()) {
      return null;
    }
    Object answer =
        method.getName().equals("commit") ? commit(method, args) : forward(method, args);
    session.transactionEnds();
    return answer;
  }

  private @Nullable Object commit(Method method, Object[] args) throws Throwable {
    session.commitBegins();
    long start = System.nanoTime();
    long nanos = -1;
    try {
      Object answer = forward(method, args);
      nanos = System.nanoTime() - start;
      return answer;
    } catch (SQLTimeoutException e) {
      throw unknown(e);
    } finally {
      session.commitEnds(nanos);
    }
  }

  /** Whether a commit that was not answered happened, only the server knows. */
  private SQLException unknown(SQLTimeoutException e) {
    return new SQLTimeoutException(
        e.getMessage() + "; whether it was committed is not known", "08007", e);
  }

  private @Nullable Object ifHeld(Method method, Object[] args) throws Throwable {
    session.checkOpen();
    Physical held = session.current();
    return held == null ? null : Call.on(held.raw, method, args);
  }

  private @Nullable Object isolation(Method method, Object[] args) throws Throwable {
    if (session.current() == null && !session.isolationSet()) {
      return session.defaults().isolation();
    }
    return forward(method, args);
  }

  @Override
  Connection unwrapped() throws SQLException {
    return session.unwrapped().raw;
  }

  @Override
  Connection asked() throws SQLException {
    return session.any().raw;
  }

  @Override
  public String toString() {
    return "connection of " + session;
  }
}
