package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** How a session logs in. Immutable; no text shows it. */
final class Credentials {

  /** With those of the pool. */
  static final Credentials OF_THE_POOL = new Credentials(true, null, null);

  private final boolean ofThePool;
  private final @Nullable String user;
  private final @Nullable String password;

  private Credentials(boolean ofThePool, @Nullable String user, @Nullable String password) {
    this.ofThePool = ofThePool;
    this.user = user;
    this.password = password;
  }

  static Credentials of(@Nullable String user, @Nullable String password) {
    return new Credentials(false, user, password);
  }

  Connection connect(DataSource pool) throws SQLException {
    return ofThePool ? pool.getConnection() : pool.getConnection(user, password);
  }

  /** The same, where it counts for no limit. */
  Connection connectApart(DataSource pool) throws SQLException {
    if (!(pool instanceof Connector connector)) {
      return connect(pool);
    }
    return ofThePool ? connector.connectApart() : connector.connectApart(user, password);
  }
}
