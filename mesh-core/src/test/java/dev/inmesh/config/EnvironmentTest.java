package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  private final RecordedLog log = new RecordedLog();

  @Test
  void variablesOfDeclaredUpstreamsAreKeys() {
    MeshSettings settings =
        settings(
            "MESH_UPSTREAMS=inventory, card-payments",
            "MESH_UPSTREAM_INVENTORY_SERVERS=a:80",
            "MESH_UPSTREAM_CARD_PAYMENTS_SERVERS=b:80",
            "MESH_UPSTREAM_CARD_PAYMENTS_MAX_REQUESTS=5",
            "MESH_UPSTREAM_CARD_PAYMENTS_TIMEOUT_CONNECT=5ms",
            "MESH_DEFAULTS_RETRY_TRIES=4",
            "MESH_METRICS_PER_SERVER=false",
            "MESH_ZONE=z1");

    assertThat(settings.upstreams()).containsOnlyKeys("inventory", "card-payments");
    assertThat(settings.upstreams().values()).allMatch(upstream -> upstream.retry().tries() == 4);
    assertThat(settings.upstreams().values().iterator().next().maxRequests()).isEqualTo(5);
    assertThat(settings.metricsPerServer()).isFalse();
    assertThat(settings.zone()).isEqualTo("z1");
    assertThat(log.warnings).isEmpty();
  }

  @Test
  void nameOfOneWordIsDeclaredByItsServers() {
    MeshSettings settings =
        settings("MESH_UPSTREAM_MAIL_SERVERS=a:25", "MESH_UPSTREAM_MAIL_MAX_REQUESTS=5");

    assertThat(settings.upstreams()).containsOnlyKeys("mail");
    assertThat(log.warnings).isEmpty();
  }

  @Test
  void nameIsKnownFromOtherSources() {
    Sources sources =
        Written.sources(
            Map.of(),
            Written.keys("MESH_UPSTREAM_CARD_PAYMENTS_MAX_REQUESTS=5"),
            "mesh.upstream.card-payments.servers=a:80");

    Snapshot snapshot = Configuration.open(sources, log).current();

    assertThat(snapshot.settings().upstreams().values())
        .allMatch(upstream -> upstream.maxRequests() == 5);
  }

  @Test
  void longerNameWinsWhereTwoFit() {
    MeshSettings settings =
        settings(
            "MESH_UPSTREAMS=a,a-retry",
            "MESH_UPSTREAM_A_SERVERS=a:80",
            "MESH_UPSTREAM_A_RETRY_SERVERS=b:80",
            "MESH_UPSTREAM_A_RETRY_TRIES=7",
            "MESH_UPSTREAM_A_RETRY_TIMEOUT=1s");

    assertThat(settings.upstreams()).containsOnlyKeys("a", "a-retry");
    assertThat(settings.upstreams().values())
        .map(upstream -> upstream.retry().tries())
        .containsExactly(7, 2);
  }

  @Test
  void unknownVariablesOnlyWarnAndOnce() {
    Map<String, String> environment =
        Written.keys(
            "MESH_ZONNE=secret1",
            "MESH_SERVICE_PORT=tcp://10.0.0.1:80",
            "MESH_UPSTREAM_UNDECLARED_TIMEOUT=1s",
            "MESH_UPSTREAM_A_ROUTE_R_TIMEOUT=1s",
            "OTHER=1");

    Configuration configuration = Configuration.open(Written.sources(Map.of(), environment), log);
    configuration.reload();

    assertThat(configuration.current().settings().configured()).isFalse();
    assertThat(log.warnings)
        .hasSize(4)
        .anyMatch(line -> line.contains("MESH_ZONNE") && line.contains("'MESH_ZONE'"))
        .noneMatch(line -> line.contains("secret1") || line.contains("10.0.0.1"));
  }

  @Test
  void emptyVariableIsNotSet() {
    assertThat(settings("MESH_ZONE=", "MESH_DEFAULTS_TIMEOUT= ").configured()).isFalse();
  }

  @Test
  void badValueNamesTheVariable() {
    Sources sources = Written.sources(Map.of(), Written.keys("MESH_DEFAULTS_TIMEOUT=5"));

    assertThat(Written.problems(sources))
        .map(Problem::toString)
        .containsExactly(
            "MESH-C02 mesh.defaults.timeout: '5' has no unit; write 5ms or 5s"
                + " [environment variable MESH_DEFAULTS_TIMEOUT]");
  }

  @Test
  void badDeclaredNameIsRefused() {
    Sources sources = Written.sources(Map.of(), Written.keys("MESH_UPSTREAMS=a,B_c"));

    assertThat(Written.problems(sources)).map(Problem::code).containsExactly("MESH-C07");
  }

  @Test
  void noTwoKeysHaveTheSameVariable() {
    Map<String, Long> counts =
        Grammar.keys().stream()
            .collect(
                Collectors.groupingBy(
                    key -> EnvironmentNames.variable(key.level().prefix() + key.name()),
                    Collectors.counting()));

    assertThat(counts.values()).containsOnly(1L);
  }

  private MeshSettings settings(String... environment) {
    Sources sources = Written.sources(Map.of(), Written.keys(environment));
    return Configuration.open(sources, log).current().settings();
  }
}
