package dev.inmesh.samples.recipes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.QueryClass;
import dev.inmesh.jdbc.ThrottledResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import javax.sql.DataSource;

/**
 * While the disk of its database is slow, a service with {@code
 * -Dmesh.jdbc.orders.throttle.mode=enforce} answers 503 and when to come again, where otherwise all
 * its requests would wait; and its own work in the background goes last.
 */
public final class BusyDatabase {

  private BusyDatabase() {}

  /** Takes a JDBC URL; serves the number of products until the process is ended. */
  public static void main(String[] args) throws IOException {
    Usage.check(BusyDatabase.class, args, "<JDBC URL>");
    Mesh mesh = Mesh.fromSystemProperties();
    HikariDataSource pool = PoolsBelow.pool(args[0]);
    HttpServer server =
        serve(MeshDataSource.wrap(mesh, "orders", pool), "SELECT count(*) FROM stock");
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  static HttpServer serve(DataSource orders, String sql) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/", exchange -> answer(exchange, orders, sql));
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, DataSource orders, String sql)
      throws IOException {
    try {
      byte[] number = Long.toString(query(orders, sql)).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, number.length);
      exchange.getResponseBody().write(number);
    } catch (SQLException e) {
      ThrottledResponse busy = ThrottledResponse.of(e).orElseThrow(() -> new IOException(e));
      exchange.getResponseHeaders().set("Retry-After", busy.retryAfter());
      exchange.sendResponseHeaders(busy.status(), -1);
    } finally {
      exchange.close();
    }
  }

  /** Work that nobody waits for: its statements are the first that are held back. */
  @SuppressWarnings("try") // The scope is only opened and closed.
  static long recount(DataSource orders, String sql) throws SQLException {
    try (QueryClass.Scope background = QueryClass.BACKGROUND.open()) {
      return query(orders, sql);
    }
  }

  private static long query(DataSource orders, String sql) throws SQLException {
    try (Connection connection = orders.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
