package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.UpstreamSettings.Discovery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Keys of registries, and of upstreams that have one; the type {@code scripted} is of the tests.
 */
final class DiscoveryKeysTest {

  private static final String[] REGISTRY = {
    "mesh.discovery.r.type=scripted", "mesh.discovery.r.script=s"
  };

  private static String[] with(String... more) {
    List<String> lines = new ArrayList<>(List.of(REGISTRY));
    lines.addAll(List.of(more));
    return lines.toArray(new String[0]);
  }

  private static UpstreamSettings payments(String... more) {
    return Objects.requireNonNull(Written.settings(with(more)).upstreams().get("payments"));
  }

  private static Discovery discovery(String... more) {
    return payments(more).discovery().orElseThrow();
  }

  @Test
  void anUpstreamNamesItsRegistry() {
    assertThat(discovery("mesh.upstream.payments.discovery=r"))
        .isEqualTo(
            new Discovery(
                "r", "payments", Duration.ofSeconds(2), Optional.empty(), Optional.empty()));
  }

  @Test
  void theKeysOfDiscoveryFlipTheirSettings() {
    assertThat(
            discovery(
                "mesh.upstream.payments.discovery=r",
                "mesh.upstream.payments.discovery.service=pay.example.no:80",
                "mesh.upstream.payments.discovery.start-timeout=7s",
                "mesh.upstream.payments.discovery.max-stale=1h",
                "mesh.upstream.payments.discovery.subset=20"))
        .isEqualTo(
            new Discovery(
                "r",
                "pay.example.no:80",
                Duration.ofSeconds(7),
                Optional.of(Duration.ofHours(1)),
                Optional.of(20)));
  }

  @Test
  void theDefaultsCanNameTheRegistryOfAllUpstreams() {
    assertThat(
            discovery("mesh.defaults.discovery=r", "mesh.upstream.payments.timeout=3s").service())
        .isEqualTo("payments");
  }

  @Test
  void anUpstreamTakesItBackWithServersOfItsOwn() {
    UpstreamSettings payments =
        payments("mesh.defaults.discovery=r", "mesh.upstream.payments.servers=a:80");

    assertThat(payments.discovery()).isEmpty();
    assertThat(payments.servers()).hasSize(1);
  }

  @Test
  void serversAndARegistryContradictEachOther() {
    assertThat(
            Written.problem(
                with("mesh.upstream.payments.discovery=r", "mesh.upstream.payments.servers=a:80")))
        .isEqualTo(
            "MESH-C04 mesh.upstream.payments.discovery: 'r' stands beside servers; remove one of"
                + " the two [code]");
  }

  @Test
  void aTypeThatIsNotOnTheClassPathIsNamedWithItsArtifact() {
    assertThat(Written.problem("mesh.discovery.zk.type=zookeeper"))
        .isEqualTo(
            "MESH-C05 mesh.discovery.zk.type: 'zookeeper' is not on the class path; add"
                + " dev.inmesh:mesh-discovery-zookeeper [code]");
    assertThat(Written.problem("mesh.discovery.d.type=dns", "mesh.discovery.d.address=::nonsense"))
        .isEqualTo(
            "MESH-C05 mesh.discovery.d.type: 'dns' is not on the class path; add"
                + " dev.inmesh:mesh-discovery-standard [code]");
  }

  @Test
  void theListOfKeysNamesAllTypesAndTheKeysOfThoseThatAreThere() {
    assertThat(Grammar.listKeys())
        .contains(
            "consul, dns, dns-srv, etcd, eureka, file, kubernetes (mesh-discovery-standard),"
                + " zookeeper (mesh-discovery-zookeeper)")
        .containsPattern("KEY OF TYPE scripted +TYPE +DEFAULT +RANGE +MEANING")
        .containsPattern("mesh\\.discovery\\.<id>\\.script +text +required ");
  }

  @Test
  void aTypeThatNobodyKnowsIsRefused() {
    assertThat(Written.problem("mesh.discovery.r.type=zookeper"))
        .startsWith("MESH-C05 mesh.discovery.r.type: 'zookeper' is none of consul, dns, dns-srv, ")
        .endsWith("Did you mean 'zookeeper'? [code]");
  }

  @Test
  void aRegistryNeedsATypeAndAnUpstreamARegistry() {
    assertThat(Written.problem("mesh.discovery.r.script=s"))
        .isEqualTo(
            "MESH-C05 mesh.discovery.r.script: registry 'r' has no type; set mesh.discovery.r.type"
                + " [code]");
    assertThat(Written.problem(with("mesh.upstream.payments.discovery=rr")))
        .isEqualTo(
            "MESH-C05 mesh.upstream.payments.discovery: 'rr' is no registry; set"
                + " mesh.discovery.rr.type. Did you mean 'r'? [code]");
  }

  @Test
  void theKeysOfATypeAreCheckedAsAllOthers() {
    assertThat(
            Written.problems(
                "mesh.discovery.r.type=scripted",
                "mesh.discovery.r.period=50",
                "mesh.discovery.r.count=10",
                "mesh.discovery.r.address=10.0.0.1",
                "mesh.discovery.r.mode=fast",
                "mesh.discovery.r.even=odd",
                "mesh.discovery.r.tokn=hush"))
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            "MESH-C01 mesh.discovery.r.tokn: unknown key. Did you mean 'mesh.discovery.r.token'?"
                + " [code]",
            "MESH-C02 mesh.discovery.r.period: '50' has no unit; write 50ms or 50s [code]",
            "MESH-C03 mesh.discovery.r.count: '10' is outside 1 to 9; choose a value within it [code]",
            "MESH-C02 mesh.discovery.r.address: '10.0.0.1' has no port; write it like host:port"
                + " [code]",
            "MESH-C02 mesh.discovery.r.mode: 'fast' is none of quick, slow [code]",
            "MESH-C02 mesh.discovery.r.even: 'odd' is odd; write one character more [code]",
            "MESH-C05 mesh.discovery.r.type: registry 'r' of type scripted needs"
                + " mesh.discovery.r.script [code]");
  }

  @Test
  void aServiceThatTheTypeRefusesIsAProblem() {
    assertThat(
            Written.problem(
                with(
                    "mesh.upstream.payments.discovery=r",
                    "mesh.upstream.payments.discovery.service=unheard-of")))
        .isEqualTo(
            "MESH-C04 mesh.upstream.payments.discovery.service: service 'unheard-of' is unheard"
                + " of; write another [code]");
  }

  @Test
  void aCredentialIsNeverShown() {
    Configuration configuration =
        Configuration.open(
            Sources.of(
                Written.keys(
                    with("mesh.discovery.r.token=hush", "mesh.upstream.payments.discovery=r"))));

    assertThat(configuration.current().toString()).doesNotContain("hush").contains("***");
    RegistrySettings registry =
        Objects.requireNonNull(configuration.current().settings().registries().get("r"));
    assertThat(registry.toString()).doesNotContain("hush");
    assertThat(registry.shown("401 for hush\nat 10.0.0.1")).isEqualTo("401 for ***\\nat 10.0.0.1");
  }

  @Test
  void aChangedCredentialIsNotShownEither() {
    Map<String, String> keys =
        new LinkedHashMap<>(
            Written.keys(
                with("mesh.discovery.r.token=hush", "mesh.upstream.payments.discovery=r")));
    List<String> lines = new ArrayList<>();
    ConfigLog log =
        new ConfigLog() {
          @Override
          public void info(String line) {
            lines.add(line);
          }

          @Override
          public void warn(String line) {
            lines.add(line);
          }
        };
    Configuration configuration =
        Configuration.open(new Sources(() -> keys, Map::of, Map.of()), log);

    keys.put("mesh.discovery.r.token", "silence");
    configuration.reload();

    assertThat(lines)
        .containsExactly("config v2: mesh.discovery.r.token *** -> *** (system property)");
  }

  @Test
  void registriesCanBeSetInTheEnvironment() {
    MeshSettings settings =
        Configuration.open(
                Written.sources(
                    Map.of(),
                    Map.of(
                        "MESH_DISCOVERIES", "my-registry",
                        "MESH_DISCOVERY_MY_REGISTRY_TYPE", "scripted",
                        "MESH_DISCOVERY_MY_REGISTRY_SCRIPT", "a",
                        "MESH_DISCOVERY_OTHER_TYPE", "scripted",
                        "MESH_DISCOVERY_OTHER_SCRIPT", "b",
                        "MESH_DISCOVERY_OTHER_TOKEN", "hush")))
            .current()
            .settings();

    assertThat(settings.registries()).containsOnlyKeys("my-registry", "other");
  }

  @Test
  void twoRegistriesAreEqualWhenAllTheirValuesAre() {
    RegistrySettings one = Written.settings(with()).registries().get("r");

    assertThat(Written.settings(with("mesh.discovery.r.count=3")).registries().get("r"))
        .isEqualTo(one);
    assertThat(Written.settings(with("mesh.discovery.r.token=x")).registries().get("r"))
        .isNotEqualTo(one);
  }
}
