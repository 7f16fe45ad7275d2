package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
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
          "setClientInfo",
          "setTypeMap" -> {
        session.set(method, args);
        yield null;
      }
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
      case "isValid" -> !session.isClosed() && Objects.equals(true, forward(method, args));
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
    Object answer;
    try {
      answer = forward(method, args);
    } catch (SQLTimeoutException e) {
      throw method.getName().equals("commit") ? unknown(e) : e;
    }
    session.transactionEnds();
    return answer;
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
    return session.pinned().raw;
  }

  @Override
  boolean isWrapperFor(Object proxy, Class<?> type) throws SQLException {
    // Only asks, and so must not keep the session at the primary.
    if (type.isInstance(proxy)) {
      return true;
    }
    Connection raw = session.any().raw;
    return type.isInstance(raw) || raw.isWrapperFor(type);
  }

  @Override
  public String toString() {
    return "connection of " + session;
  }
}
