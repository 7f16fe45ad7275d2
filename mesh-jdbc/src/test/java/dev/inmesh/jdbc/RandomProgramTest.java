package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import dev.inmesh.jdbc.servers.Replicated;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same program run directly and through the wrapper gives the same. H2's replica is the same
 * database, for a user who may only read: what writes there fails. Real servers have real replicas,
 * and the program is one page: each of its connections must see what the others have written.
 *
 * <p>5,000 statements of H2, and 5,000 of real servers in all; with {@code
 * -Dinmesh.jdbc.statements} so many of each, others with {@code -Dinmesh.jdbc.seed}.
 */
final class RandomProgramTest {

  private static final int STATEMENTS = Integer.getInteger("inmesh.jdbc.statements", 5_000);
  private static final int OF_SERVERS = Integer.getInteger("inmesh.jdbc.statements", 830);
  private static final long SEED = Long.getLong("inmesh.jdbc.seed", 1);

  private final Mesh mesh = Mesh.of(Map.of());

  @AfterEach
  void close() {
    mesh.close();
  }

  @ParameterizedTest
  @EnumSource(ReadRouting.class)
  void givesTheSameDirectlyAndThroughTheWrapper(ReadRouting routing) throws Exception {
    String direct = H2.database(Flavor.H2.tables().toArray(String[]::new));
    String wrapped =
        H2.database(
            Stream.concat(
                    Flavor.H2.tables().stream(),
                    Stream.of(
                        "CREATE USER reader PASSWORD 'reads'",
                        "GRANT SELECT ON SCHEMA public TO reader"))
                .toArray(String[]::new));
    CountedPool primary = new CountedPool(wrapped);
    // Only who may change it can say in the URL how long the database lives.
    String url = wrapped.substring(0, wrapped.indexOf(';'));
    CountedPool replica =
        new CountedPool(() -> DriverManager.getConnection(url, "reader", "reads"));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    MeshDataSource database =
        MeshDataSource.builder(mesh, "shop")
            .primary(primary)
            .replica("r1", replica)
            .readRouting(routing)
            .consistency(Consistency.NONE)
            .meterRegistry(meters)
            .build();

    compare(Flavor.H2, routing, new CountedPool(direct), database, meters, STATEMENTS);

    CountedPool.awaitGivenBack(primary, replica);
  }

  @ParameterizedTest
  @CsvSource({
    "POSTGRESQL,OFF",
    "POSTGRESQL,READONLY",
    "POSTGRESQL,AUTO",
    "MARIADB,OFF",
    "MARIADB,READONLY",
    "MARIADB,AUTO"
  })
  void givesTheSameOnRealServers(Product product, ReadRouting routing) throws Exception {
    Replicated servers = Replicated.shared(product);
    DatabaseServer server = servers.primary();
    Flavor flavor = Flavor.valueOf(product.name());
    String tables = tables(server, flavor);
    // No pool here: from HikariCP, connections of MariaDB's driver (3.5.11) were seen to come back
    // with a session that was still read-only.
    DataSource direct = server.dataSource(tables(server, flavor));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    server.awaitReplayed(servers.replica());
    try (HikariDataSource wrapped = TestPools.of(server, tables);
        HikariDataSource reader = TestPools.of(servers.replica(), tables);
        WritePosition.Scope page = WritePosition.none().open()) {
      CountedPool primary = new CountedPool(wrapped::getConnection);
      CountedPool replica = new CountedPool(reader::getConnection);
      MeshDataSource database =
          MeshDataSource.builder(mesh, "shop")
              .primary(primary)
              .replica("r1", replica)
              .readRouting(routing)
              .consistency(Consistency.CONTEXT)
              .meterRegistry(meters)
              .build();

      compare(flavor, routing, direct, database, meters, OF_SERVERS);

      assertThat(page.position().toText()).startsWith("shop=").doesNotContain("?");
      CountedPool.awaitGivenBack(primary, replica);
    }
  }

  private static String tables(DatabaseServer server, Flavor flavor) throws SQLException {
    String database = server.createDatabase();
    try (Connection connection = server.dataSource(database).getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : flavor.tables()) {
        statement.execute(table);
      }
    }
    return database;
  }

  private static void compare(
      Flavor flavor,
      ReadRouting routing,
      DataSource direct,
      MeshDataSource database,
      SimpleMeterRegistry meters,
      int statements)
      throws SQLException {
    List<String> expected = new RandomProgram(SEED, flavor, direct).run(statements);
    List<String> outcomes = new RandomProgram(SEED, flavor, database).run(statements);

    for (int i = 0; i < expected.size(); i++) {
      assertThat(outcomes.get(i))
          .as("after %s", expected.subList(Math.max(0, i - 12), i))
          .isEqualTo(expected.get(i));
    }
    assertThat(outcomes).hasSameSizeAs(expected);
    double atReplica = counted(meters, "target", "replica");
    if (routing == ReadRouting.OFF) {
      assertThat(atReplica).isZero();
    } else {
      // How often a replica has what must be seen by then is the machine's business.
      assertThat(atReplica + counted(meters, "reason", "replica behind"))
          .isGreaterThan(statements / 50.0);
      assertThat(atReplica).isPositive();
    }
  }

  private static double counted(SimpleMeterRegistry meters, String tag, String value) {
    return meters.find("mesh.jdbc.routes").tag(tag, value).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
