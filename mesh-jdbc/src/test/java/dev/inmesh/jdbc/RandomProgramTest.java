package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same program run directly and through the wrapper gives the same. The replica is the same
 * database, for a user who may only read: what writes there fails.
 *
 * <p>5,000 statements; more with {@code -Dinmesh.jdbc.statements}, others with {@code
 * -Dinmesh.jdbc.seed}.
 */
final class RandomProgramTest {

  private static final int STATEMENTS = Integer.getInteger("inmesh.jdbc.statements", 5_000);
  private static final long SEED = Long.getLong("inmesh.jdbc.seed", 1);

  private final Mesh mesh = Mesh.of(Map.of());

  @AfterEach
  void close() {
    mesh.close();
  }

  @ParameterizedTest
  @EnumSource(ReadRouting.class)
  void givesTheSameDirectlyAndThroughTheWrapper(ReadRouting routing) throws Exception {
    String direct = H2.database(RandomProgram.TABLES.toArray(String[]::new));
    String wrapped =
        H2.database(
            Stream.concat(
                    RandomProgram.TABLES.stream(),
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

    List<String> expected = new RandomProgram(SEED, new CountedPool(direct)).run(STATEMENTS);
    List<String> outcomes = new RandomProgram(SEED, database).run(STATEMENTS);

    assertThat(outcomes).isEqualTo(expected);
    assertThat(primary.held() + replica.held()).as("given back").isZero();
    double atReplica =
        meters.find("mesh.jdbc.routes").tag("target", "replica").counters().stream()
            .mapToDouble(Counter::count)
            .sum();
    if (routing == ReadRouting.OFF) {
      assertThat(atReplica).isZero();
    } else {
      assertThat(atReplica).isGreaterThan(STATEMENTS / 50.0);
    }
  }
}
