package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a connection knows of its database, from the server that the session is at. */
final class LogicalMetaData extends Logical {

  private final Session session;
  private @Nullable Physical physical;
  private @Nullable DatabaseMetaData raw;

  LogicalMetaData(Session session) {
    this.session = session;
  }

  @Override
  @Nullable Object call(Object proxy, Method method, Object[] args) throws Throwable {
    switch (method.getName()) {
      case "getConnection" -> {
        return session.proxy();
      }
      case "unwrap" -> {
        return unwrap(proxy, (Class<?>) args[0]);
      }
      case "isWrapperFor" -> {
        return isWrapperFor(proxy, (Class<?>) args[0]);
      }
      default -> {
        return session.inTime(() -> ask(method, args));
      }
    }
  }

  private @Nullable Object ask(Method method, Object[] args) throws Throwable {
    Physical here = session.any();
    Object answer = Call.on(at(here), method, args);
    return answer instanceof ResultSet rows
        ? LogicalResult.ofMetaData(session, here, rows)
        : session.wrap(method, answer, here, null);
  }

  private DatabaseMetaData at(Physical here) throws SQLException {
    DatabaseMetaData known = raw;
    if (known == null || physical != here) {
      known = here.raw.getMetaData();
      raw = known;
      physical = here;
    }
    return known;
  }

  @Override
  DatabaseMetaData asked() throws SQLException {
    return at(session.any());
  }

  @Override
  DatabaseMetaData unwrapped() throws SQLException {
    return at(session.unwrapped());
  }

  @Override
  public String toString() {
    return "meta data of " + session;
  }
}
