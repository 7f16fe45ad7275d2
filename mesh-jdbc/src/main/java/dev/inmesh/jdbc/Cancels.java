package dev.inmesh.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Cancels statements. PostgreSQL's driver has the thread that runs a statement wait until its
 * cancel has been delivered, 10 seconds to a server that hangs, even when its connection has been
 * aborted by then. The same asked of the connection has nobody wait.
 */
final class Cancels {

  private static final String POSTGRESQL = "org.postgresql.PGConnection";

  private Cancels() {}

  /** May take as long as the driver lets it. */
  static void cancel(Statement running) throws SQLException {
    Connection connection = running.getConnection();
    Connection bare = connection == null ? null : connection.unwrap(Connection.class);
    if (bare == null || !bare.getClass().getName().startsWith("org.postgresql.")) {
      running.cancel();
      return;
    }
    try {
      Class.forName(POSTGRESQL, false, bare.getClass().getClassLoader())
          .getMethod("cancelQuery")
          .invoke(bare);
    } catch (InvocationTargetException e) {
      throw e.getTargetException() instanceof SQLException thrown ? thrown : new SQLException(e);
    } catch (ReflectiveOperationException e) {
      // An older driver.
      running.cancel();
    }
  }
}
