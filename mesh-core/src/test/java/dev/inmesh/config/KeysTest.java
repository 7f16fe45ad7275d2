package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.AllowedNetworks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each key flips its own setting, and only there. */
class KeysTest {

  private final Path folder;

  KeysTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private record Flip(
      Key<?> key, String value, Function<UpstreamSettings, Object> field, Object expected) {}

  private static Flip flip(
      Key<?> key, String value, Function<UpstreamSettings, Object> field, Object expected) {
    return new Flip(key, value, field, expected);
  }

  private Stream<Flip> upstreamKeys() {
    return Stream.of(
        flip(Grammar.SERVERS, "b:81", u -> u.servers().get(0).address(), "b:81"),
        flip(Grammar.HOSTS, "A.no, b:8", UpstreamSettings::hosts, Set.of("a.no", "b:8")),
        flip(Grammar.KEEPALIVE, "7", UpstreamSettings::keepalive, 7),
        flip(Grammar.HOST_HEADER, "x.no:8", UpstreamSettings::hostHeader, "x.no:8"),
        flip(Grammar.TLS_NAME, "x.no", UpstreamSettings::tlsName, "x.no"),
        flip(
            Grammar.HEALTH_CHECK_PATH,
            "/healthz?deep=1",
            u -> u.healthCheck().path(),
            Optional.of("/healthz?deep=1")),
        flip(
            Grammar.HEALTH_CHECK_INTERVAL,
            "3s",
            u -> u.healthCheck().interval(),
            Duration.ofSeconds(3)),
        flip(
            Grammar.HEALTH_CHECK_TIMEOUT,
            "200ms",
            u -> u.healthCheck().timeout(),
            Duration.ofMillis(200)),
        flip(
            Grammar.HEALTH_CHECK_HEALTHY_THRESHOLD,
            "1",
            u -> u.healthCheck().healthyThreshold(),
            1),
        flip(
            Grammar.HEALTH_CHECK_UNHEALTHY_THRESHOLD,
            "5",
            u -> u.healthCheck().unhealthyThreshold(),
            5),
        flip(Grammar.BALANCER, "random_two", UpstreamSettings::balancer, BalancerType.RANDOM_TWO),
        flip(
            Grammar.HASH_KEY,
            "header:X-User",
            UpstreamSettings::hashKey,
            new HashKey(HashKey.Kind.HEADER, "x-user")),
        flip(Grammar.SLOW_START, "30s", UpstreamSettings::slowStart, Duration.ofSeconds(30)),
        flip(Grammar.TIMEOUT, "400ms", u -> u.timeouts().call(), Duration.ofMillis(400)),
        flip(Grammar.TIMEOUT_CONNECT, "50ms", u -> u.timeouts().connect(), Duration.ofMillis(50)),
        flip(
            Grammar.TIMEOUT_READ,
            "2s",
            u -> u.timeouts().read(),
            Optional.of(Duration.ofSeconds(2))),
        flip(
            Grammar.TIMEOUT_ATTEMPT,
            "3s",
            u -> u.timeouts().attempt(),
            Optional.of(Duration.ofSeconds(3))),
        flip(
            Grammar.RETRY_ON,
            "timeout,http_404",
            u -> u.retry().on(),
            Set.of(RetryCondition.TIMEOUT, RetryCondition.HTTP_404)),
        flip(Grammar.RETRY_TRIES, "5", u -> u.retry().tries(), 5),
        flip(Grammar.RETRY_BACKOFF, "5ms", u -> u.retry().backoff(), Duration.ofMillis(5)),
        flip(Grammar.BUDGET, "25%", u -> u.budget().ratio(), 0.25),
        flip(Grammar.BUDGET_MIN, "1.5", u -> u.budget().minPerSecond(), 1.5),
        flip(Grammar.MAX_REQUESTS, "adaptive", UpstreamSettings::adaptiveLimit, true),
        flip(Grammar.BREAKER_ENABLED, "false", u -> u.breaker().enabled(), false),
        flip(Grammar.BREAKER_FAILURE_RATE, "1%", u -> u.breaker().failureRate(), 0.01),
        flip(Grammar.BREAKER_WINDOW, "30", u -> u.breaker().window(), 30),
        flip(
            Grammar.BREAKER_OPEN_DURATION,
            "2m",
            u -> u.breaker().openDuration(),
            Duration.ofMinutes(2)),
        flip(Grammar.BREAKER_HALF_OPEN_CALLS, "20", u -> u.breaker().halfOpenCalls(), 20),
        flip(
            Grammar.HEDGE_AFTER,
            "p95",
            u -> u.hedge().after(),
            new HedgeAfter(true, Optional.empty())),
        flip(Grammar.HEDGE_TRIES, "2", u -> u.hedge().tries(), 2),
        flip(Grammar.OUTLIER_CONSECUTIVE_FAILURES, "2", u -> u.outlier().consecutiveFailures(), 2),
        flip(Grammar.OUTLIER_INTERVAL, "9s", u -> u.outlier().interval(), Duration.ofSeconds(9)),
        flip(
            Grammar.OUTLIER_BASE_EJECTION_TIME,
            "4s",
            u -> u.outlier().baseEjectionTime(),
            Duration.ofSeconds(4)),
        flip(
            Grammar.OUTLIER_MAX_EJECTION_TIME,
            "1h",
            u -> u.outlier().maxEjectionTime(),
            Duration.ofHours(1)),
        flip(
            Grammar.OUTLIER_MAX_EJECTION_PERCENT, "100%", u -> u.outlier().maxEjectionRatio(), 1.0),
        flip(Grammar.OUTLIER_SUCCESS_RATE_GAP, "2.5%", u -> u.outlier().successRateGap(), 0.025),
        flip(Grammar.OUTLIER_LATENCY_FACTOR, "4", u -> u.outlier().latencyFactor(), 4.0),
        flip(Grammar.OUTLIER_MODE, "observe", u -> u.outlier().mode(), OutlierMode.OBSERVE),
        flip(Grammar.REGION_FENCE, "no, se", u -> u.locality().regionFence(), Set.of("no", "se")),
        flip(Grammar.PREFER_ZONE, "z1", u -> u.locality().preferZone(), "z1"),
        flip(
            Grammar.FAILURE_STATUSES,
            "500,404",
            UpstreamSettings::failureStatuses,
            Set.of(500, 404)),
        flip(
            Grammar.FALLBACK,
            "stale,default",
            u -> List.of(u.fallback().stale(), u.fallback().byDefault()),
            List.of(true, true)),
        flip(Grammar.FALLBACK_STATUS, "203", u -> u.fallback().status(), 203),
        flip(
            Grammar.FALLBACK_CONTENT_TYPE,
            "application/json; charset=utf-8",
            u -> u.fallback().contentType(),
            "application/json; charset=utf-8"),
        flip(Grammar.FALLBACK_BODY, " {ø} ", u -> u.fallback().body(), body(" {ø} ")),
        flip(
            Grammar.FALLBACK_BODY_FILE,
            written("body.json", "[]").toString(),
            u -> u.fallback().body(),
            body("[]")),
        flip(Grammar.FALLBACK_MAX_STALE, "2h", u -> u.fallback().maxStale(), Duration.ofHours(2)),
        flip(
            Grammar.FALLBACK_VARY,
            "Accept, X-A",
            u -> u.fallback().vary(),
            List.of("accept", "x-a")),
        flip(Grammar.FALLBACK_MAX_BYTES, "64k", u -> u.fallback().maxBytes(), 65_536L));
  }

  @TestFactory
  Stream<DynamicTest> eachKeyOfAnUpstreamFlipsItsSetting() {
    UpstreamSettings plain = Written.payments();
    return upstreamKeys()
        .map(
            flip ->
                DynamicTest.dynamicTest(
                    flip.key().name(),
                    () -> {
                      UpstreamSettings flipped =
                          Written.payments(
                              "mesh.upstream.payments." + flip.key().name() + "=" + flip.value());

                      assertThat(flip.field().apply(flipped)).isEqualTo(flip.expected());
                      assertThat(flip.field().apply(plain)).isNotEqualTo(flip.expected());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> eachKeyFlipsItsSettingUnderDefaultsAndInARouteToo() {
    return upstreamKeys()
        .filter(flip -> flip.key().level() == Level.ROUTE)
        .map(
            flip ->
                DynamicTest.dynamicTest(
                    flip.key().name(),
                    () -> {
                      UpstreamSettings byDefaults =
                          Written.payments(
                              "mesh.defaults." + flip.key().name() + "=" + flip.value());
                      UpstreamSettings byRoute =
                          Written.payments(
                              "mesh.upstream.payments.route.a.match=GET /a",
                              "mesh.upstream.payments.route.a."
                                  + (flip.key().name() + "=" + flip.value()));

                      assertThat(flip.field().apply(byDefaults)).isEqualTo(flip.expected());
                      assertThat(flip.field().apply(byRoute)).isNotEqualTo(flip.expected());
                      assertThat(flip.field().apply(byRoute.routes().get(0)))
                          .isEqualTo(flip.expected());
                    }));
  }

  @Test
  void globalKeysFlipTheirSettings() {
    MeshSettings plain = Written.settings();
    assertThat(plain.configured()).isFalse();
    assertThat(plain.upstreams()).isEmpty();
    assertThat(plain)
        .isEqualTo(
            new MeshSettings(
                true,
                false,
                "",
                "",
                AllowedNetworks.ANY,
                true,
                100,
                List.of("x-envoy-expected-rq-timeout-ms", "grpc-timeout"),
                "",
                Map.of(),
                Map.of(),
                Map.of()));

    MeshSettings flipped =
        Written.settings(
            "mesh.enabled=false",
            "mesh.zone=z1",
            "mesh.region=no",
            "mesh.allowed-networks=10.0.0.0/8, FD00::/8",
            "mesh.metrics.per-server=false",
            "mesh.metrics.max-servers=7",
            "mesh.deadline.inbound-headers=X-Time-Left",
            "mesh.deadline.outbound-header=X-Time-Left");

    assertThat(flipped)
        .isEqualTo(
            new MeshSettings(
                false,
                true,
                "z1",
                "no",
                AllowedNetworks.of(List.of("10.0.0.0/8", "fd00::/8")),
                false,
                7,
                List.of("x-time-left"),
                "x-time-left",
                Map.of(),
                Map.of(),
                Map.of()));
    assertThat(
            Configuration.open(Sources.of(Written.keys("mesh.config.refresh-interval=1s")))
                .refreshInterval())
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void everyKeyOfTheGrammarIsFlippedHere() {
    Set<String> elsewhere = Set.of("match", "config.file", "config.unknown", "type");
    Stream<String> flipped = upstreamKeys().map(flip -> flip.key().name());
    Stream<String> global =
        Grammar.keys().stream().filter(k -> k.level() == Level.GLOBAL).map(Key::name);

    assertThat(Stream.concat(Stream.concat(flipped, global), elsewhere.stream()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            Grammar.keys().stream()
                .filter(key -> key.level() != Level.DATABASE) // DatabaseKeysTest
                .map(Key::name)
                .filter(name -> !name.startsWith("discovery")) // DiscoveryKeysTest
                .toList());
  }

  @Test
  void builtInValuesAreThoseOfTheSpecification() {
    UpstreamSettings plain = Written.payments();

    assertThat(plain.timeouts())
        .isEqualTo(
            new UpstreamSettings.Timeouts(
                Duration.ofSeconds(15),
                Duration.ofSeconds(1),
                false,
                Optional.empty(),
                Optional.empty()));
    assertThat(plain.retry())
        .isEqualTo(
            new UpstreamSettings.Retry(
                Set.of(RetryCondition.CONNECT, RetryCondition.ERROR, RetryCondition.HTTP_503),
                2,
                Duration.ZERO));
    assertThat(plain.budget()).isEqualTo(new UpstreamSettings.Budget(0.1, 0.2));
    assertThat(plain.breaker())
        .isEqualTo(new UpstreamSettings.Breaker(true, 0.5, 20, Duration.ofSeconds(1), 3));
    assertThat(plain.outlier())
        .isEqualTo(
            new UpstreamSettings.Outlier(
                OutlierMode.ENFORCE,
                5,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                0.5,
                0.05,
                2.5));
    assertThat(plain.healthCheck())
        .isEqualTo(
            new UpstreamSettings.HealthCheck(
                Optional.empty(), Duration.ofSeconds(10), Duration.ofSeconds(1), 2, 3));
    assertThat(plain.fallback())
        .isEqualTo(
            new UpstreamSettings.FallbackSettings(
                false,
                false,
                200,
                "text/plain",
                body(""),
                Duration.ofHours(1),
                List.of(),
                16 << 20));
    assertThat(plain.failureStatuses()).containsExactly(500, 502, 503, 504);
    assertThat(plain.maxRequests()).isEqualTo(1024);
    assertThat(plain.keepalive()).isEqualTo(32);
    assertThat(plain.balancer()).isEqualTo(BalancerType.LEAST_CONN);
  }

  @Test
  void everyBuiltInValueIsValid() {
    Grammar.keys().stream().filter(key -> !key.isRequired()).forEach(Key::builtIn);
  }

  private Path written(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Body body(String text) {
    return Body.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
