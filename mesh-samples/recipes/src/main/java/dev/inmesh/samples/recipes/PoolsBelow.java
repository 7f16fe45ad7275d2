package dev.inmesh.samples.recipes;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A pool for each server, and a logical connection above them: reads of a connection that was
 * declared read-only go to the replica, all else to the primary. This is how to begin where there
 * is a pool already.
 */
public final class PoolsBelow {

  private PoolsBelow() {}

  /** Takes two JDBC URLs; prints where a read and a write went, and why. */
  public static void main(String[] args) throws SQLException {
    Usage.check(PoolsBelow.class, args, "<primary's URL>", "<replica's URL>");
    run(args[0], args[1]).forEach(System.out::println);
  }

  static List<String> run(String primaryUrl, String replicaUrl) throws SQLException {
    List<String> routes = new ArrayList<>();
    try (Mesh mesh = Mesh.fromSystemProperties();
        HikariDataSource primary = pool(primaryUrl);
        HikariDataSource replica = pool(replicaUrl);
        MeshDataSource orders =
            MeshDataSource.builder(mesh, "orders").primary(primary).replica("r1", replica).build();
        Connection connection = orders.getConnection();
        Statement statement = connection.createStatement()) {
      routes.add(route(statement, "INSERT INTO stock VALUES (7, 3)"));
      connection.setReadOnly(true);
      routes.add(route(statement, "SELECT count(*) FROM stock"));
    }
    return routes;
  }

  static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(5);
    // A replica that is down must not keep the service from starting.
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /** Asks without running it. */
  private static String route(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery("EXPLAIN MESH " + sql)) {
      row.next();
      return row.getString("target") + ", " + row.getString("reason");
    }
  }
}
