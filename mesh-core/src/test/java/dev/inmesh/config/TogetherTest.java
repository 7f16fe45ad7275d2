package dev.inmesh.config;

import static dev.inmesh.config.Written.payments;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What keys mean beside each other. */
class TogetherTest {

  private static final String P = "mesh.upstream.payments.";

  @Test
  void timeoutAloneIsACompleteSetting() {
    UpstreamSettings.Timeouts timeouts = payments(P + "timeout=100ms").timeouts();

    assertThat(timeouts.connect()).isEqualTo(Duration.ofMillis(100));
    assertThat(timeouts.connectSet()).isFalse();
  }

  @Test
  void partsLongerThanTheWholeAreClipped() {
    UpstreamSettings.Timeouts timeouts =
        payments(
                P + "timeout=100ms",
                P + "timeout.connect=1s",
                P + "timeout.read=2s",
                P + "timeout.attempt=3s")
            .timeouts();

    Duration whole = Duration.ofMillis(100);
    assertThat(timeouts)
        .isEqualTo(
            new UpstreamSettings.Timeouts(
                whole, whole, true, Optional.of(whole), Optional.of(whole)));
  }

  @Test
  void aHealthCheckTakesNoLongerThanItsInterval() {
    assertThat(payments(P + "health-check.interval=500ms").healthCheck().timeout())
        .isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void builtInValueGivesWayToABoundThatIsWritten() {
    UpstreamSettings settings =
        payments(P + "breaker.window=2", P + "outlier.max-ejection-time=500ms");

    assertThat(settings.breaker().halfOpenCalls()).isEqualTo(2);
    assertThat(settings.outlier().baseEjectionTime()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void noneTakesBackWhatTheDefaultsSay() {
    UpstreamSettings settings = payments("mesh.defaults.timeout.read=1s", P + "timeout.read=none");

    assertThat(settings.timeouts().read()).isEmpty();
  }

  @Test
  void retryOffLeavesNoCondition() {
    assertThat(payments(P + "retry.on=off").retry().on()).isEmpty();
  }

  @Test
  void ownIsThePlaceOfTheProcess() {
    UpstreamSettings settings =
        payments(
            "mesh.zone=z1", "mesh.region=no", P + "prefer-zone=own", P + "region-fence=own,se");

    assertThat(settings.locality().preferZone()).isEqualTo("z1");
    assertThat(settings.locality().regionFence()).containsExactly("no", "se");
  }

  @Test
  void bodyOfTheMoreSpecificLevelWins() {
    UpstreamSettings settings =
        payments("mesh.defaults.fallback.body-file=/no/such/file", P + "fallback.body=own");

    assertThat(settings.fallback().body().size()).isEqualTo(3);
  }

  @Test
  void routesComeInTheOrderOfTheirNamesAndInherit() {
    UpstreamSettings settings =
        payments(
            P + "timeout=2s",
            P + "retry.tries=4",
            P + "route.stock.match=GET /v1/stock/*",
            P + "route.stock.timeout=1s",
            P + "route.all.match=* /*");

    assertThat(settings.routes())
        .map(UpstreamSettings::displayName)
        .containsExactly("payments/all", "payments/stock");
    UpstreamSettings stock = settings.routes().get(1);
    assertThat(stock.match()).contains(new RouteMatch("GET", "/v1/stock/*"));
    assertThat(stock.timeouts().call()).isEqualTo(Duration.ofSeconds(1));
    assertThat(stock.retry().tries()).isEqualTo(4);
    assertThat(stock.servers()).isEqualTo(settings.servers());
    assertThat(settings.timeouts().call()).isEqualTo(Duration.ofSeconds(2));
  }
}
