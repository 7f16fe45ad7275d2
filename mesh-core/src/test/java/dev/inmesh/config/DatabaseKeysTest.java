package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys of databases. */
final class DatabaseKeysTest {

  private static final String PRIMARY =
      "mesh.jdbc.orders.primary=jdbc:postgresql://10.0.0.1:5432/orders";

  private record Flip(
      Key<?> key, String value, Function<DatabaseSettings, Object> field, Object expected) {}

  private static DatabaseSettings orders(String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    if (all.stream().noneMatch(line -> line.startsWith("mesh.jdbc.orders.primary"))) {
      all.add(PRIMARY);
    }
    return Objects.requireNonNull(
        Written.settings(all.toArray(new String[0])).databases().get("orders"));
  }

  private static List<String> names(DatabaseSettings settings) {
    return settings.replicas().stream().map(DatabaseServer::name).toList();
  }

  private static Stream<Flip> flips() {
    return Stream.of(
        new Flip(
            Grammar.JDBC_PRIMARY,
            "jdbc:h2:mem:a",
            d -> d.primary().map(DatabaseServer::url),
            Optional.of("jdbc:h2:mem:a")),
        new Flip(
            Grammar.JDBC_REPLICAS, "jdbc:h2:mem:b", DatabaseKeysTest::names, List.of("h2:mem:b")),
        new Flip(
            Grammar.JDBC_SHARDS,
            "people keys=users|accounts, s1",
            DatabaseSettings::shards,
            List.of(
                new DatabaseShard("people", List.of("users", "accounts")),
                new DatabaseShard("s1", List.of()))),
        new Flip(Grammar.JDBC_USER, "app", DatabaseSettings::user, Optional.of("app")),
        new Flip(
            Grammar.JDBC_PASSWORD,
            "s3cret",
            d -> d.password().map(Secret::value),
            Optional.of("s3cret")),
        new Flip(
            Grammar.JDBC_READ_ROUTING,
            "auto",
            DatabaseSettings::readRouting,
            Optional.of(ReadMode.AUTO)),
        new Flip(
            Grammar.JDBC_BALANCER,
            "least_time",
            d -> d.upstream(List.of()).balancer(),
            BalancerType.LEAST_TIME),
        new Flip(
            Grammar.JDBC_PREFER_ZONE, "a", d -> d.upstream(List.of()).locality().preferZone(), "a"),
        new Flip(
            Grammar.JDBC_TIMEOUT,
            "250ms",
            DatabaseSettings::timeout,
            Optional.of(Duration.ofMillis(250))),
        new Flip(
            Grammar.JDBC_TIMEOUT_CONNECT,
            "300ms",
            DatabaseSettings::connectTimeout,
            Duration.ofMillis(300)),
        new Flip(
            Grammar.JDBC_CONSISTENCY,
            "context",
            DatabaseSettings::consistency,
            Optional.of(ConsistencyMode.CONTEXT)),
        new Flip(
            Grammar.JDBC_MAX_LAG,
            "5s",
            DatabaseSettings::maxLag,
            Optional.of(Duration.ofSeconds(5))),
        new Flip(
            Grammar.JDBC_MAX_CONNECTIONS, "7", DatabaseSettings::maxConnections, Optional.of(7)),
        new Flip(
            Grammar.JDBC_PURE_FUNCTIONS,
            "fmt_price, app.vat",
            DatabaseSettings::pureFunctions,
            Set.of("fmt_price", "app.vat")),
        new Flip(Grammar.JDBC_FAILOVER, "false", DatabaseSettings::failover, false),
        throttle(Grammar.JDBC_THROTTLE_MODE, "off", ThrottleSettings::mode, ThrottleMode.OFF),
        throttle(Grammar.JDBC_THROTTLE_SIGNAL, "host", ThrottleSettings::source, DiskSource.HOST),
        throttle(
            Grammar.JDBC_THROTTLE_SQL,
            "SELECT ms FROM disk",
            ThrottleSettings::sql,
            Optional.of("SELECT ms FROM disk")),
        throttle(
            Grammar.JDBC_THROTTLE_FILE,
            "/run/disk",
            ThrottleSettings::file,
            Optional.of("/run/disk")),
        throttle(
            Grammar.JDBC_THROTTLE_URL,
            "http://db1:9100/metrics",
            ThrottleSettings::url,
            Optional.of("http://db1:9100/metrics")),
        throttle(
            Grammar.JDBC_THROTTLE_DEVICE,
            "nvme0n1",
            ThrottleSettings::device,
            Optional.of("nvme0n1")),
        throttle(Grammar.JDBC_THROTTLE_MAX_WAIT, "0ms", ThrottleSettings::maxWait, Duration.ZERO),
        throttle(Grammar.JDBC_THROTTLE_MIN_PERMITS, "2", ThrottleSettings::minPermits, 2),
        throttle(
            Grammar.JDBC_THROTTLE_MAX_PERMITS, "30", ThrottleSettings::maxPermits, Optional.of(30)),
        throttle(
            Grammar.JDBC_THROTTLE_CLASS,
            "batch",
            ThrottleSettings::statementClass,
            StatementClass.BATCH));
  }

  private static Flip throttle(
      Key<?> key, String written, Function<ThrottleSettings, Object> setting, Object flipped) {
    return new Flip(key, written, d -> setting.apply(d.throttle()), flipped);
  }

  @TestFactory
  Stream<DynamicTest> eachKeyOfADatabaseFlipsItsSetting() {
    DatabaseSettings plain = orders();
    return flips()
        .map(
            flip ->
                DynamicTest.dynamicTest(
                    flip.key().name(),
                    () -> {
                      DatabaseSettings flipped =
                          orders("mesh.jdbc.orders." + flip.key().name() + "=" + flip.value());

                      assertThat(flip.field().apply(flipped)).isEqualTo(flip.expected());
                      assertThat(flip.field().apply(plain)).isNotEqualTo(flip.expected());
                    }));
  }

  @Test
  void everyKeyOfADatabaseIsFlippedHere() {
    assertThat(flips().map(flip -> flip.key().name()))
        .containsExactlyInAnyOrderElementsOf(
            Grammar.keys().stream()
                .filter(key -> key.level() == Level.DATABASE)
                .map(Key::name)
                .toList());
  }

  @Test
  void replicasHaveTheAttributesOfServers() {
    DatabaseSettings orders =
        orders(
            "mesh.jdbc.orders.replicas=jdbc:postgresql://db2/orders?a=1,2 weight=3 zone=a ,"
                + " jdbc:mysql://db3:3306/orders down,jdbc:h2:mem:c;MODE=MySQL");

    assertThat(names(orders)).containsExactly("db2", "db3:3306", "h2:mem:c");
    assertThat(orders.replicas().get(0).url()).isEqualTo("jdbc:postgresql://db2/orders?a=1,2");
    assertThat(orders.replicas().get(0).server().weight()).isEqualTo(3);
    assertThat(orders.replicas().get(0).server().zone()).isEqualTo("a");
    assertThat(orders.replicas().get(1).server().down()).isTrue();
    assertThat(orders.replicas().get(2).url()).isEqualTo("jdbc:h2:mem:c;MODE=MySQL");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "primary=postgresql://db1/orders | MESH-C02 | write one like jdbc:postgresql",
        "primary=jdbc:mesh:orders | MESH-C02 | is the mesh's own",
        "primary=jdbc:h2:mem:a weight=2 | MESH-C02 | a primary has no attributes",
        "replicas=jdbc:h2:mem:b,jdbc:h2:mem:b | MESH-C06 | is there twice",
        "replicas=jdbc:postgresql://10.0.0.1:5432/orders | MESH-C06 | is the primary already",
        "replicas=jdbc:h2:mem:b wieght=2 | MESH-C02 | Did you mean 'weight'?",
        "replicas=jdbc:h2:mem:b region=no | MESH-C02 | 'region' says nothing here",
        "replicas=jdbc:h2:mem:b, | MESH-C02 | is no URL of JDBC",
        "replica=jdbc:h2:mem:b | MESH-C01 | Did you mean 'mesh.jdbc.orders.replicas'?",
        "balancer=hash | MESH-C02 | is none of round_robin",
        "timeout=250 | MESH-C02 | write 250ms or 250s",
        "max-connections=0 | MESH-C03 | 1 to 10000",
        "prefer-zone=own | MESH-C05 | needs mesh.zone",
        "pure-functions=a-b | MESH-C02 | schema.name",
        "throttle.mode=on | MESH-C02 | is none of off, observe, enforce",
        "throttle.signal=disk | MESH-C02 | is none of auto, postgresql",
        "throttle.signal=sql | MESH-C05 | needs mesh.jdbc.orders.throttle.signal.sql",
        "throttle.signal=file | MESH-C05 | needs mesh.jdbc.orders.throttle.signal.file",
        "throttle.signal=url | MESH-C05 | needs mesh.jdbc.orders.throttle.signal.url",
        "throttle.signal=prometheus | MESH-C05 | needs mesh.jdbc.orders.throttle.signal.url",
        "throttle.signal.url=db1:9100 | MESH-C02 | http://db1:9100/metrics",
        "throttle.class=urgent | MESH-C02 | is none of critical, interactive, batch, background",
        "throttle.min-permits=0 | MESH-C03 | 1 to 1000",
        "throttle.max-wait=2m | MESH-C03 | 1m",
        "shards=orders | MESH-C06 | would be a shard of itself",
        "shards=s1,s1 | MESH-C06 | is there twice",
        "'shards=s1 keys=a,s2 keys=b|a' | MESH-C06 | is s1's already",
        "shards=s1 key=a | MESH-C02 | write keys=",
        "shards=S1 | MESH-C02 | is no name of a database",
        "shards=s1 keys= | MESH-C02 | has an empty key",
      })
  void whatIsWrongIsSaid(String line, String code, String words) {
    List<String> lines = new ArrayList<>(List.of("mesh.jdbc.orders." + line));
    if (!line.startsWith("primary")) {
      lines.add(PRIMARY);
    }
    assertThat(Written.problem(lines.toArray(new String[0]))).startsWith(code).contains(words);
  }

  @Test
  void namesOfDatabasesHaveTheFormOfOthers() {
    assertThat(Written.problem("mesh.jdbc.Orders.primary=jdbc:h2:mem:a"))
        .startsWith("MESH-C07")
        .contains("no name for a database");
  }

  @Test
  void theEnvironmentNamesADatabaseByItsPrimaryOrByDeclaringIt() {
    MeshSettings settings =
        Configuration.open(
                Written.sources(
                    Map.of(),
                    Map.of(
                        "MESH_JDBC_ORDERS_PRIMARY", "jdbc:h2:mem:a",
                        "MESH_JDBC_ORDERS_READ_ROUTING", "off",
                        "MESH_JDBCS", "card-payments",
                        "MESH_JDBC_CARD_PAYMENTS_MAX_CONNECTIONS", "3")))
            .current()
            .settings();

    assertThat(settings.databases()).containsOnlyKeys("orders", "card-payments");
    assertThat(Objects.requireNonNull(settings.databases().get("orders")).readRouting())
        .contains(ReadMode.OFF);
  }

  @Test
  void noTextShowsAPassword() {
    Configuration configuration =
        Configuration.open(
            Sources.of(
                Written.keys(
                    "mesh.jdbc.orders.primary=jdbc:postgresql://app:hunter2@db1/orders",
                    "mesh.jdbc.orders.replicas=jdbc:postgresql://db2/orders?password=hunter2,"
                        + " jdbc:oracle:thin:app/hunter2@db3:1521:orders",
                    "mesh.jdbc.orders.password=hunter2")));
    DatabaseSettings orders =
        Objects.requireNonNull(configuration.current().settings().databases().get("orders"));

    assertThat(configuration.current().entries().toString()).doesNotContain("hunter2");
    assertThat(configuration.current().settings().toString()).doesNotContain("hunter2");
    assertThat(names(orders)).containsExactly("db2", "db3:1521:orders");
    assertThat(orders.primary().map(DatabaseServer::name)).contains("db1");
    assertThat(
            Written.problem(
                "mesh.jdbc.orders.primary=jdbc:mesh:app:hunter2@x",
                "mesh.jdbc.orders.password=hunter2"))
        .doesNotContain("hunter2");
    assertThat(DatabaseSettings.of("orders").password()).isEmpty();
  }
}
