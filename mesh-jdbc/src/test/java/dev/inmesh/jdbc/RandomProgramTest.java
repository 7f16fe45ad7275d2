package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
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
 * The same program run directly and through the wrapper gives the same. The replica is the same
 * database, for a user who may only read: what writes there fails.
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
            .meterRegistry(meters)
            .build();

    compare(Flavor.H2, routing, new CountedPool(direct), database, meters, STATEMENTS);

    assertThat(primary.held() + replica.held()).as("given back").isZero();
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
    DatabaseServer server = Replicated.shared(product).primary();
    Flavor flavor = Flavor.valueOf(product.name());
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    try (HikariDataSource direct = pool(server, tables(server, flavor));
        HikariDataSource wrapped = pool(server, tables(server, flavor));
        HikariDataSource reader = pool(server, wrapped.getPoolName())) {
      CountedPool primary = new CountedPool(wrapped::getConnection);
      CountedPool replica = new CountedPool(reader::getConnection);
      MeshDataSource database =
          MeshDataSource.builder(mesh, "shop")
              .primary(primary)
              .replica("r1", replica)
              .readRouting(routing)
              .meterRegistry(meters)
              .build();

      compare(flavor, routing, direct, database, meters, OF_SERVERS);

      assertThat(primary.held() + replica.held()).as("given back").isZero();
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

  private static HikariDataSource pool(DatabaseServer server, String database) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(database);
    config.setDataSource(server.dataSource(database));
    config.setMaximumPoolSize(4);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
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

    assertThat(outcomes).isEqualTo(expected);
    double atReplica =
        meters.find("mesh.jdbc.routes").tag("target", "replica").counters().stream()
            .mapToDouble(Counter::count)
            .sum();
    if (routing == ReadRouting.OFF) {
      assertThat(atReplica).isZero();
    } else {
      assertThat(atReplica).isGreaterThan(statements / 50.0);
    }
  }
}
