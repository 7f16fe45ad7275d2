package dev.inmesh.config;

import static dev.inmesh.config.Written.SERVERS;
import static dev.inmesh.config.Written.problem;
import static dev.inmesh.config.Written.problems;
import static dev.inmesh.config.Written.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemsTest {

  private static final String P = "mesh.upstream.payments.";

  @Test
  void misspeltKeyIsNamedWithTheRightOneAndItsSource() {
    Sources sources = Written.sources(Map.of(P + "timout", "1s"), Map.of(), SERVERS);

    assertThat(problems(sources))
        .map(Problem::toString)
        .containsExactly(
            "MESH-C01 mesh.upstream.payments.timout: unknown key."
                + " Did you mean 'mesh.upstream.payments.timeout'? [system property]");
  }

  @ParameterizedTest
  @CsvSource({
    "mesh.enabeld, mesh.enabled",
    "mesh.default.timeout, mesh.defaults.timeout",
    "mesh.upstreams.payments.timeout, mesh.upstream.payments.timeout",
    "mesh.upstream.payments.retry.no, mesh.upstream.payments.retry.on",
    "mesh.upstream.payments.Timeout, mesh.upstream.payments.timeout",
    "mesh.upstream.payments.route.a.timeuot, mesh.upstream.payments.route.a.timeout",
    "mesh.upstream.payments.max_requests, mesh.upstream.payments.max-requests",
    "mesh.upstream.payments.connect-timeout, mesh.upstream.payments.timeout.connect",
    "mesh.timeout, mesh.defaults.timeout",
    "mesh.defaults.servers, mesh.upstream.<name>.servers",
    "mesh.upstream.payments.route.a.keepalive, mesh.upstream.payments.keepalive",
    "mesh.upstream.payments.match, mesh.upstream.payments.route.<route>.match",
    "mesh.upstream.payments.zone, mesh.zone",
  })
  void unknownKeyIsAnsweredWithTheOneThatWasMeant(String written, String meant) {
    assertThat(problem(written + "=1s")).startsWith("MESH-C01 " + written).contains("'" + meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mesh.upstreams.payments.servers", P + "server", P + "sevrers"})
  void serversUnderAMisspeltKeyAreOneProblemAndNotMissingToo(String written) {
    assertThat(problems(written + "=10.0.0.1:80", P + "timeout=1s"))
        .singleElement()
        .asString()
        .startsWith("MESH-C01 " + written)
        .contains("'mesh.upstream.payments.servers'");
    assertThat(problems("mesh.config.unknown=warn", written + "=10.0.0.1:80", P + "timeout=1s"))
        .singleElement()
        .asString()
        .contains("has no servers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mesh.",
        "mesh.x",
        "mesh.upstream.",
        "mesh.upstream.payments",
        "mesh.upstream.payments.",
        "mesh.upstream.payments.route.a",
        "mesh.upstream.payments.route.a.",
        "timeout",
        "mesh.defaults.",
        "mesh.upstream.payments.mirror.to",
        "mesh.jdbc.orders.throttle"
      })
  void keysWithoutAnyLikenessAreUnknownToo(String key) {
    assertThat(problem(key + "=1s")).startsWith("MESH-C01 " + key + ": unknown key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "content-length", "Connection", "cookie", "authorization", "te"})
  void aDeadlineIsNotToldInAHeaderThatMeansSomethingElse(String header) {
    assertThat(problem("mesh.deadline.outbound-header=" + header))
        .startsWith("MESH-C02 mesh.deadline.outbound-header")
        .contains("has a meaning of its own in HTTP, and is not the mesh's to set; write a name");
  }

  @Test
  void suggestionShowsNothingThatIsNoName() {
    assertThat(problem("mesh.upstreams.a\nb:c@d.timeout=1s"))
        .doesNotContain("\n")
        .endsWith("[code]");
  }

  @Test
  void unknownKeysOnlyWarnWhenAskedTo() {
    RecordedLog log = new RecordedLog();
    Sources sources =
        Sources.of(Written.keys("mesh.config.unknown=warn", SERVERS, P + "timout=1s"));

    Configuration configuration = Configuration.open(sources, log);

    assertThat(configuration.current().settings().upstreams()).containsKey("payments");
    assertThat(log.warnings).singleElement().asString().contains("MESH-C01 " + P + "timout");
    configuration.reload();
    assertThat(log.warnings).hasSize(1);
  }

  @Test
  void badValuesFailEvenWhereUnknownKeysOnlyWarn() {
    assertThat(problem("mesh.config.unknown=warn", SERVERS, P + "timeout=x"))
        .startsWith("MESH-C02");
  }

  @Test
  void allProblemsAreReportedTogether() {
    assertThat(problems(P + "timout=1s", P + "timeout=250", P + "retry.tries=0", "mesh.zone=a b"))
        .map(Problem::code)
        .containsExactlyInAnyOrder("MESH-C01", "MESH-C02", "MESH-C02", "MESH-C03", "MESH-C05");
    assertThatThrownBy(() -> settings(P + "timeout=250", P + "retry.tries=0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("3 problems in the configuration:\n  MESH-C0");
  }

  @Test
  void bareNumberIsRefusedWithWhatToWrite() {
    assertThat(problem(SERVERS, P + "timeout=250"))
        .isEqualTo(
            "MESH-C02 mesh.upstream.payments.timeout: '250' has no unit; write 250ms or 250s"
                + " [code]");
  }

  @Test
  void misspeltWordIsAnsweredWithTheRightOne() {
    assertThat(problem(SERVERS, P + "balancer=least_con"))
        .startsWith("MESH-C02")
        .contains("Did you mean 'least_conn'?");
  }

  @Test
  void valueOutsideItsRangeNamesTheRange() {
    assertThat(problem(SERVERS, P + "retry.tries=101"))
        .startsWith("MESH-C03")
        .contains("'101' is outside 1 to 100");
  }

  @Test
  void moreHalfOpenCallsThanTheWindowHasAreAContradiction() {
    assertThat(problem(SERVERS, P + "breaker.half-open-calls=21"))
        .isEqualTo(
            "MESH-C04 mesh.upstream.payments.breaker.half-open-calls: '21' is above"
                + " breaker.window=20; lower the one or raise the other [code]");
    assertThat(problem(SERVERS, P + "breaker.half-open-calls=9", P + "breaker.window=5"))
        .startsWith("MESH-C04");
  }

  @Test
  void firstEjectionLongerThanTheLongestIsAContradiction() {
    assertThat(
            problem(
                SERVERS, P + "outlier.base-ejection-time=3s", P + "outlier.max-ejection-time=2s"))
        .startsWith("MESH-C04 mesh.upstream.payments.outlier.base-ejection-time");
  }

  @Test
  void contradictionIsNotReportedOnTopOfAValueThatIsNone() {
    assertThat(problem(SERVERS, P + "breaker.half-open-calls=30", P + "breaker.window=x"))
        .startsWith("MESH-C02");
  }

  @Test
  void bodyBesideBodyFileIsAContradiction() {
    assertThat(problem(SERVERS, P + "fallback.body=x", P + "fallback.body-file=/etc/hosts"))
        .startsWith("MESH-C04 mesh.upstream.payments.fallback.body-file: '/etc/hosts'");
  }

  @Test
  void bodyWithAStatusThatAllowsNoneIsAContradiction() {
    assertThat(problem(SERVERS, P + "fallback.body=x", P + "fallback.status=204"))
        .startsWith("MESH-C04 mesh.upstream.payments.fallback.status: '204'");
  }

  @Test
  void offBesideConditionsIsAContradiction() {
    assertThat(problem(SERVERS, P + "retry.on=connect, off")).startsWith("MESH-C04");
  }

  @Test
  void upstreamWithoutServersIsNamedByTheKeyThatSpeaksOfIt() {
    assertThat(problem(SERVERS, "mesh.upstream.paymnts.timeout=1s"))
        .isEqualTo(
            "MESH-C05 mesh.upstream.paymnts.timeout: upstream 'paymnts' has no servers;"
                + " set mesh.upstream.paymnts.servers or .discovery. Did you mean 'payments'?"
                + " [code]");
  }

  @Test
  void ownPlaceNeedsAPlace() {
    assertThat(problem(SERVERS, P + "prefer-zone=own"))
        .startsWith("MESH-C05 " + P + "prefer-zone: 'own' needs mesh.zone");
    assertThat(problem(SERVERS, "mesh.defaults.region-fence=no,own"))
        .startsWith("MESH-C05 mesh.defaults.region-fence: 'own' needs mesh.region");
  }

  @Test
  void routeNeedsAMatch() {
    assertThat(problem(SERVERS, P + "route.stock.timeout=1s"))
        .startsWith("MESH-C05 " + P + "route.stock.timeout")
        .contains("set " + P + "route.stock.match");
  }

  @Test
  void hostOfTwoUpstreamsIsADuplicate() {
    assertThat(
            problem(
                SERVERS,
                "mesh.upstream.mail.servers=10.0.0.9:25",
                "mesh.upstream.mail.hosts=pay.example.no",
                P + "hosts=pay.example.NO"))
        .isEqualTo(
            "MESH-C06 mesh.upstream.payments.hosts: 'pay.example.no' belongs to upstream 'mail'"
                + " already; remove one [code]");
    assertThat(problem(SERVERS, "mesh.upstream.mail.servers=a:25", P + "hosts=mail"))
        .startsWith("MESH-C06");
  }

  @Test
  void sameMatchOfTwoRoutesIsADuplicate() {
    assertThat(problem(SERVERS, P + "route.a.match=GET /x", P + "route.b.match=GET  /x"))
        .startsWith("MESH-C06 " + P + "route.b.match")
        .contains("route 'a'");
  }

  @Test
  void entryThatComesTwiceInAListIsADuplicate() {
    assertThat(problem(SERVERS, P + "failure.statuses=500,501,500")).startsWith("MESH-C06");
    assertThat(problem(SERVERS, P + "retry.on=error,error")).startsWith("MESH-C06");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "defaults", "all", "global", "Payments", "1a", "a_b", "å", ""})
  void badNameOfAnUpstreamIsRefused(String name) {
    assertThat(problem("mesh.upstream." + name + ".servers=a:80"))
        .startsWith("MESH-C07 mesh.upstream." + name + ".servers: '" + name + "'");
  }

  @Test
  void badNameOfARouteIsRefused() {
    assertThat(problem(SERVERS, P + "route.A.timeout=1s")).startsWith("MESH-C07");
    assertThat(problem("mesh.upstream." + "a".repeat(64) + ".servers=a:80")).startsWith("MESH-C07");
  }

  @Test
  void fileThatCanNotBeReadIsNamed(@TempDir Path folder) {
    assertThat(problem("mesh.config.file=" + folder.resolve("none.properties")))
        .startsWith("MESH-C08 mesh.config.file: ")
        .contains("there is no such file");
    assertThat(problem("mesh.config.file=" + folder)).contains("it is not a file");
    assertThat(problem(SERVERS, "mesh.defaults.fallback.body-file=" + folder.resolve("none")))
        .startsWith("MESH-C08 mesh.defaults.fallback.body-file: ");
  }

  @Test
  void everyCodeIsDifferentAndTested() {
    assertThat(Arrays.stream(ProblemCode.values()).map(ProblemCode::code))
        .containsExactly(
            "MESH-C01",
            "MESH-C02",
            "MESH-C03",
            "MESH-C04",
            "MESH-C05",
            "MESH-C06",
            "MESH-C07",
            "MESH-C08");
  }
}
