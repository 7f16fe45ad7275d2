package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.sql.SQLException;

/** The databases that there are servers of. */
public enum Product {
  POSTGRESQL {
    @Override
    public DatabaseServer start() throws IOException, SQLException {
      return PostgresServer.start();
    }
  },
  MARIADB {
    @Override
    public DatabaseServer start() throws IOException, SQLException {
      return MariaDbServer.start();
    }
  };

  /** Starts a primary of one's own. */
  public abstract DatabaseServer start() throws IOException, SQLException;
}
