package dev.inmesh.samples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each recipe of a database does what it says, over PostgreSQL and a streaming standby. */
final class DatabaseRecipesTest {

  private String primaryUrl = "";
  private String replicaUrl = "";

  @BeforeEach
  void stock() throws Exception {
    Replicated servers = Replicated.shared(Product.POSTGRESQL);
    String database = servers.primary().createDatabase();
    primaryUrl = servers.primary().url(database);
    replicaUrl = servers.replica().url(database);
    try (Connection connection = servers.primary().dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE stock(id INT, amount INT)");
      statement.execute("INSERT INTO stock VALUES (7, 3), (8, 5), (1, 9)");
    }
    servers.primary().awaitReplayed(servers.replica());
  }

  @AfterEach
  void clearProperties() {
    System.clearProperty("mesh.jdbc.orders.primary");
    System.clearProperty("mesh.jdbc.orders.replicas");
  }

  @Test
  void readsOfAConnectionDeclaredReadOnlyGoToTheReplica() throws SQLException {
    assertThat(PoolsBelow.run(primaryUrl, replicaUrl))
        .containsExactly("primary, write", "replica, read-only");
  }

  @Test
  void aPoolAboveTheDriverReads() throws SQLException {
    System.setProperty("mesh.jdbc.orders.primary", primaryUrl);
    System.setProperty("mesh.jdbc.orders.replicas", replicaUrl);

    assertThat(PoolAbove.run()).isEqualTo(3);
  }

  @Test
  void springsReadOnlyTransactionsRunAtTheReplica() {
    assertThat(SpringTransactions.run(primaryUrl, replicaUrl)).isEqualTo("r1");
  }

  @Test
  void jooqsQueriesAreProvenToRead() {
    assertThat(JooqQueries.run(primaryUrl, replicaUrl)).containsExactly("[3, 5]", "r1");
  }

  @Test
  @Timeout(60)
  void aServiceWhoseDatabaseIsBusySaysWhenToComeAgain(@TempDir Path folder) throws Exception {
    // What another process has measured: an operation of the disk takes 100 ms.
    Path signal = Files.writeString(folder.resolve("disk"), "100");
    Map<String, String> keys =
        Map.of(
            "mesh.jdbc.orders.throttle.mode", "enforce",
            "mesh.jdbc.orders.throttle.max-wait", "0ms",
            "mesh.jdbc.orders.throttle.signal", "file",
            "mesh.jdbc.orders.throttle.signal.file", signal.toString());
    String slow = "SELECT count(*) FROM stock, pg_sleep(0.15)";
    try (Mesh mesh = Mesh.of(keys);
        HikariDataSource pool = PoolsBelow.pool(primaryUrl);
        MeshDataSource orders = MeshDataSource.wrap(mesh, "orders", pool)) {
      assertThat(BusyDatabase.recount(orders, slow)).isEqualTo(3);
      HttpServer server = BusyDatabase.serve(orders, slow);
      URI page = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      HttpClient client = HttpClient.newHttpClient();

      List<HttpResponse<String>> answers = new ArrayList<>();
      while (answers.stream().noneMatch(answer -> answer.statusCode() == 503)) {
        List<CompletableFuture<HttpResponse<String>>> together = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          together.add(
              client.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()));
        }
        together.forEach(each -> answers.add(each.join()));
      }
      server.stop(0);

      assertThat(answers)
          .allSatisfy(
              answer -> {
                if (answer.statusCode() == 503) {
                  assertThat(answer.body()).isEmpty();
                  assertThat(answer.headers().firstValue("Retry-After")).contains("1");
                } else {
                  assertThat(answer.body()).isEqualTo("3");
                }
              });
    }
  }
}
