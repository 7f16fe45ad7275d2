package dev.inmesh.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.jdbc.servers.DatabaseServer;

/** HikariCP's pools over test servers. */
final class TestPools {

  private TestPools() {}

  static HikariDataSource of(DatabaseServer server, String database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(database);
    config.setDataSource(server.dataSource(database));
    config.setMaximumPoolSize(4);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
  }
}
