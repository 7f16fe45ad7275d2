package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How a session logs in. */
@FunctionalInterface
interface Credentials {

  /** Those of the pool. */
  Credentials OF_THE_POOL = DataSource::getConnection;

  Connection connect(DataSource pool) throws SQLException;

  static Credentials of(@Nullable String user, @Nullable String password) {
    return pool -> pool.getConnection(user, password);
  }
}
