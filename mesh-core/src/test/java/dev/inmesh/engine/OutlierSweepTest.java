package dev.inmesh.engine;

import static dev.inmesh.engine.ServerView.State.EJECTED;
import static dev.inmesh.engine.ServerView.State.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Servers that fall behind the others. */
final class OutlierSweepTest {

  private static final Duration TICK = PauseDetector.PERIOD;

  private final Random random = new Random(7);

  @Test
  void oneThatFailsHalfOfItsCallsIsEjectedEvenOfTwo() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "outlier.consecutive-failures", "10000");
    run(mesh, Map.of(), Duration.ofSeconds(20));

    for (int i = 0; i < 500 && mesh.state("a:1") == UP; i++) {
      run(mesh, Map.of("a:1", 0.5), TICK);
    }

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).matches("success rate \\d\\d% against (99|100)%");
    assertThat(mesh.events.count("ejected a:1 success_rate")).isPositive();
    assertThat(mesh.state("b:1")).isEqualTo(UP);
  }

  @Test
  void oneAt99PercentAmongPerfectOnesStays() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1");

    run(mesh, Map.of("a:1", 0.01), Duration.ofMinutes(10));

    assertThat(mesh.events.count("ejected a:1")).isZero();
  }

  @Test
  void whenAllFailAlikeNobodyIsEjected() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "outlier.consecutive-failures", "50");
    run(mesh, Map.of(), Duration.ofSeconds(20));

    run(mesh, Map.of("a:1", 0.5, "b:1", 0.5, "c:1", 0.5), Duration.ofSeconds(30));

    assertThat(mesh.addresses(UP)).hasSize(3);
  }

  @Test
  void aServerThatHasHardlyBeenUsedIsLikeTheOthers() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1 weight=100, b:1 weight=100, c:1 weight=100, d:1",
            "outlier.consecutive-failures",
            "10000",
            "outlier.max-ejection-percent",
            "1%");

    run(mesh, Map.of("a:1", 0.9), Duration.ofSeconds(30));

    assertThat(mesh.events.count("ejected d:1")).isZero();
    assertThat(mesh.events.count("ejected a:1")).isPositive();
  }

  @Test
  void aWiderGapToleratesMore() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1", "outlier.consecutive-failures", "10000", "outlier.success-rate-gap", "60%");

    run(mesh, Map.of("a:1", 0.5), Duration.ofSeconds(30));

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void observeOnlyCountsWhatEnforceWouldDo() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "outlier.mode", "observe");

    run(mesh, Map.of("a:1", 1.0), Duration.ofMillis(1500));

    assertThat(mesh.addresses(UP)).hasSize(3);
    assertThat(mesh.events.count("ejected")).isZero();
    assertThat(mesh.events.count("would be ejected a:1 failures")).isOne();
    run(mesh, Map.of("a:1", 1.0), Duration.ofSeconds(10));
    assertThat(mesh.events.count("would be ejected a:1 failures")).isGreaterThan(1);
  }

  @Test
  void observeKeepsTheCapsToo() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1, c:1, d:1, e:1, f:1",
            "outlier.mode",
            "observe",
            "outlier.max-ejection-percent",
            "20%",
            "outlier.base-ejection-time",
            "1h",
            "outlier.max-ejection-time",
            "1h");

    run(mesh, Map.of("a:1", 1.0, "b:1", 1.0, "c:1", 1.0), Duration.ofSeconds(10));

    assertThat(mesh.events.count("would be ejected")).isEqualTo(2);
  }

  @Test
  void aSlowServerLosesWeightFirst() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");
    Map<String, Integer> millis = Map.of("a:1", 80, "b:1", 20, "c:1", 20);

    Map<String, Integer> before = takeTime(mesh, millis, Duration.ofSeconds(3));
    takeTime(mesh, millis, Duration.ofSeconds(2));
    Map<String, Integer> after = takeTime(mesh, millis, Duration.ofSeconds(3));

    assertThat(mesh.server("a:1").reason()).isEqualTo("slow, 8/16 of its weight");
    assertThat(share(before, "a:1")).isBetween(0.30, 0.36);
    assertThat(share(after, "a:1")).isBetween(0.19, 0.21);
  }

  @Test
  void oneThatStaysSlowIsEjected() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "balancer", "round_robin");

    takeTime(mesh, Map.of("a:1", 400, "b:1", 20), Duration.ofSeconds(90));

    assertThat(mesh.events.count("ejected a:1 latency")).isPositive();
    assertThat(mesh.events.count("ejected")).isEqualTo(mesh.events.count("ejected a:1"));
  }

  @Test
  void oneThatIsFastAgainHasAllItsWeightBack() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");
    takeTime(mesh, Map.of("a:1", 400, "b:1", 20, "c:1", 20), Duration.ofSeconds(40));

    Map<String, Integer> fast = Map.of("a:1", 20, "b:1", 20, "c:1", 20);
    takeTime(mesh, fast, Duration.ofSeconds(60));
    Map<String, Integer> after = takeTime(mesh, fast, Duration.ofSeconds(3));

    assertThat(mesh.server("a:1").reason()).isEmpty();
    assertThat(share(after, "a:1")).isBetween(0.32, 0.35);
  }

  @Test
  void aFewMillisecondsAreNoReason() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");

    takeTime(mesh, Map.of("a:1", 21, "b:1", 2, "c:1", 2), Duration.ofSeconds(20));

    assertThat(mesh.server("a:1").reason()).isEmpty();
  }

  @Test
  void aHigherFactorToleratesMore() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1, c:1", "balancer", "round_robin", "outlier.latency-factor", "5");

    takeTime(mesh, Map.of("a:1", 80, "b:1", 20, "c:1", 20), Duration.ofSeconds(20));

    assertThat(mesh.server("a:1").reason()).isEmpty();
  }

  /** The 90th percentile is 2 or 82 ms by luck alone. */
  @Test
  void requestsOfUnequalCostAreNobodysFault() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1, d:1", "balancer", "round_robin");

    for (int i = 0; i < 6_000; i++) {
      takeTime(mesh, random.nextInt(10) == 0 ? 82 : 2);
    }

    assertThat(mesh.events.count("ejected")).isZero();
    for (String server : List.of("a:1", "b:1", "c:1", "d:1")) {
      assertThat(mesh.server(server).reason()).isEmpty();
    }
  }

  @Test
  void oneThatStopsAnsweringLosesItsWeightBeforeAnythingTimesOut() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");
    takeTime(mesh, Map.of("a:1", 20, "b:1", 20, "c:1", 20), Duration.ofSeconds(10));

    takeTime(mesh, Map.of("a:1", 1_000_000, "b:1", 20, "c:1", 20), Duration.ofSeconds(3));
    assertThat(mesh.server("a:1").reason()).isEqualTo("slow, 1/16 of its weight");
    takeTime(mesh, Map.of("a:1", 1_000_000, "b:1", 20, "c:1", 20), Duration.ofSeconds(3));

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).matches("no answer for \\d+ ms");
  }

  @Test
  void aSingleLongRequestIsNoStall() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");
    takeTime(mesh, Map.of("a:1", 20, "b:1", 20, "c:1", 20), Duration.ofSeconds(10));
    CallPlan report = mesh.plan();
    Lease lease = report.first(mesh.now());

    takeTime(mesh, Map.of("a:1", 20, "b:1", 20, "c:1", 20), Duration.ofSeconds(10));

    assertThat(mesh.server(lease.address()).reason()).isEmpty();
  }

  @Test
  void turnedOffTheWeightIsBackAtOnce() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1", "balancer", "round_robin");
    takeTime(mesh, Map.of("a:1", 80, "b:1", 20, "c:1", 20), Duration.ofSeconds(8));
    assertThat(mesh.server("a:1").reason()).isNotEmpty();

    mesh.reload("outlier.mode", "off");
    Map<String, Integer> after =
        takeTime(mesh, Map.of("a:1", 80, "b:1", 20, "c:1", 20), Duration.ofSeconds(20));

    assertThat(mesh.server("a:1").reason()).isEmpty();
    assertThat(share(after, "a:1")).isBetween(0.32, 0.35);
  }

  /** One call in each tick, that fails with the odds of its server. */
  private void run(EngineHarness mesh, Map<String, Double> odds, Duration time) throws Exception {
    for (long i = time.dividedBy(TICK); i > 0; i--) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      if (random.nextDouble() < odds.getOrDefault(lease.address(), 0.0)) {
        lease.failure(Failure.STATUS, 500, mesh.now());
      } else {
        lease.success(mesh.now());
      }
      plan.end(Outcome.IGNORED, true, false, mesh.now());
      mesh.pass(TICK);
    }
  }

  private record Running(Lease lease, CallPlan plan, long endNanos) {}

  /** A call each tick, all of which take as long as their server; how many each of them got. */
  private Map<String, Integer> takeTime(
      EngineHarness mesh, Map<String, Integer> millis, Duration time) throws Exception {
    Map<String, Integer> calls = new HashMap<>();
    for (long i = time.dividedBy(TICK); i > 0; i--) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      calls.merge(lease.address(), 1, Integer::sum);
      long takes = millis.getOrDefault(lease.address(), 0) * EngineHarness.MS;
      running.add(new Running(lease, plan, mesh.now() + takes));
      mesh.pass(TICK);
      end(mesh);
    }
    return calls;
  }

  private final List<Running> running = new ArrayList<>();

  private void end(EngineHarness mesh) {
    running.removeIf(
        r -> {
          if (r.endNanos - mesh.now() > 0) {
            return false;
          }
          r.lease.success(mesh.now());
          r.plan.end(Outcome.SUCCESS, true, false, mesh.now());
          return true;
        });
  }

  /** One call that takes so long, wherever it goes to. */
  private void takeTime(EngineHarness mesh, int millis) throws Exception {
    CallPlan plan = mesh.plan();
    Lease lease = plan.first(mesh.now());
    mesh.pass(Duration.ofMillis(millis));
    lease.success(mesh.now());
    plan.end(Outcome.SUCCESS, true, false, mesh.now());
  }

  private static double share(Map<String, Integer> calls, String server) {
    double all = calls.values().stream().mapToInt(Integer::intValue).sum();
    return calls.getOrDefault(server, 0) / all;
  }

  @Test
  void anHourOfHealthIsForgottenInHalfAMinute() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "outlier.consecutive-failures", "10000");
    run(mesh, Map.of(), Duration.ofHours(1));

    run(mesh, Map.of("a:1", 0.5), Duration.ofSeconds(10));

    assertThat(mesh.events.count("ejected a:1 success_rate")).isPositive();
  }

  @Test
  void whatHappenedWhileItWasOffCountsNoMoreThanItShould() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1", "outlier.consecutive-failures", "10000", "outlier.mode", "off");
    run(mesh, Map.of(), Duration.ofMinutes(30));

    mesh.reload("outlier.mode", "enforce");
    run(mesh, Map.of("a:1", 0.5), Duration.ofSeconds(10));

    assertThat(mesh.events.count("ejected a:1 success_rate")).isPositive();
  }

  @Test
  void serversThatNobodyUsesDoNotHideAnOutlier() throws Exception {
    for (int seed = 0; seed < 10; seed++) {
      random.setSeed(seed);
      EngineHarness mesh =
          new EngineHarness(
              "a:1, b:1, c:1 backup, d:1 backup, e:1 backup, f:1 backup",
              "outlier.consecutive-failures",
              "10000",
              "balancer",
              "round_robin");

      run(mesh, Map.of("a:1", 0.12), Duration.ofMinutes(3));

      assertThat(mesh.events.count("ejected a:1")).as("seed %s", seed).isPositive();
    }
  }

  @Test
  void serversThatAreNeverEjectedAreWitnessesAllTheSame() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1 max_fails=0, c:1 max_fails=0", "outlier.consecutive-failures", "10000");

    run(mesh, Map.of("a:1", 0.3, "b:1", 0.3, "c:1", 0.3), Duration.ofSeconds(30));

    assertThat(mesh.events.count("ejected a:1")).isZero();
  }

  @Test
  void ofVeryManyServersSomeAreComparedEachTime() throws Exception {
    StringBuilder list = new StringBuilder("s0:1 weight=40");
    for (int i = 1; i < 600; i++) {
      list.append(",s").append(i).append(i < 20 ? ":1 weight=40" : ":1");
    }
    EngineHarness mesh = new EngineHarness(list.toString(), "balancer", "round_robin");

    for (int i = 0; i < 60_000; i++) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      long takes = lease.address().equals("s7:1") ? 200 : 20;
      running.add(new Running(lease, plan, mesh.now() + takes * EngineHarness.MS));
      if (i % 40 == 0) {
        mesh.pass(TICK);
        end(mesh);
      }
    }

    assertThat(mesh.server("s7:1").reason()).isNotEmpty();
    assertThat(mesh.server("s8:1").reason()).isEmpty();
  }
}
