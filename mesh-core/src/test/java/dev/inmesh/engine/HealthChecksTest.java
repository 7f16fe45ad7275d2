package dev.inmesh.engine;

import static dev.inmesh.engine.ServerView.State.DRAINED;
import static dev.inmesh.engine.ServerView.State.EJECTED;
import static dev.inmesh.engine.ServerView.State.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class HealthChecksTest {

  private static final String THREE = "a:1, b:1, c:1";
  private static final String TEN =
      IntStream.range(0, 10).mapToObj(i -> "s" + i + ":1").collect(Collectors.joining(","));

  /** With the default thresholds long enough for the verdict on any server, either way. */
  private static final Duration VERDICT = Duration.ofSeconds(45);

  private static final Set<String> NONE = Set.of();

  private static EngineHarness checked(String servers, String... keysAndValues) {
    String[] keys = new String[keysAndValues.length + 2];
    keys[0] = "health-check.path";
    keys[1] = "/healthz";
    System.arraycopy(keysAndValues, 0, keys, 2, keysAndValues.length);
    return new EngineHarness(servers, keys);
  }

  private static Set<String> asked(EngineHarness mesh, int calls) throws Exception {
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < calls; i++) {
      asked.add(mesh.succeed());
    }
    return asked;
  }

  /** The next check of this server; all others end well. */
  private static Check next(EngineHarness mesh, String address) {
    for (int i = 0; i < 10_000; i++) {
      mesh.pass(PauseDetector.PERIOD);
      Check found = null;
      for (Check check : mesh.engine().checksDue(mesh.now())) {
        if (check.server().address().equals(address)) {
          found = check;
        } else {
          check.passed(mesh.now());
        }
      }
      if (found != null) {
        return found;
      }
    }
    throw new AssertionError(address + " is never due");
  }

  private static void failed(EngineHarness mesh, String address, int times) {
    for (int i = 0; i < times; i++) {
      next(mesh, address).failed(Failure.STATUS, "http 503", mesh.now());
      mesh.tick();
    }
  }

  private static void passed(EngineHarness mesh, String address, int times) {
    for (int i = 0; i < times; i++) {
      next(mesh, address).passed(mesh.now());
      mesh.tick();
    }
  }

  @Test
  void withoutAPathNothingIsChecked() {
    EngineHarness mesh = new EngineHarness(THREE);

    mesh.pass(Duration.ofMinutes(1), NONE);

    assertThat(mesh.events.count("checked")).isZero();
  }

  @Test
  void threeFailedChecksInARowTakeAServerOut() throws Exception {
    EngineHarness mesh = checked(THREE);

    failed(mesh, "a:1", 2);
    passed(mesh, "a:1", 1);
    failed(mesh, "a:1", 2);
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    failed(mesh, "a:1", 1);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("health check: http 503 x3");
    assertThat(mesh.events.count("ejected a:1 health_check")).isOne();
    assertThat(mesh.events.count("checked a:1 failure")).isEqualTo(5);
    assertThat(mesh.events.count("attempt")).isZero();
    assertThat(asked(mesh, 100)).containsExactlyInAnyOrder("b:1", "c:1");
  }

  @Test
  void twoGoodChecksInARowBringItBack() throws Exception {
    EngineHarness mesh = checked(THREE, "slow-start", "100s");
    failed(mesh, "a:1", 4);

    passed(mesh, "a:1", 1);
    failed(mesh, "a:1", 1);
    passed(mesh, "a:1", 1);
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    passed(mesh, "a:1", 1);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
    Map<String, Integer> calls = new HashMap<>();
    for (int i = 0; i < 330; i++) {
      calls.merge(mesh.succeed(), 1, Integer::sum);
    }
    assertThat(calls.get("a:1")).as("slowly at first").isBetween(1, 30);
  }

  @Test
  void thresholdsAreThoseOfTheKeysAndChangeLive() {
    EngineHarness mesh =
        checked(
            THREE, "health-check.unhealthy-threshold", "5", "health-check.healthy-threshold", "1");
    failed(mesh, "a:1", 4);
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    failed(mesh, "a:1", 1);
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    passed(mesh, "a:1", 1);
    assertThat(mesh.state("a:1")).isEqualTo(UP);

    mesh.reload("health-check.unhealthy-threshold", "2");
    failed(mesh, "a:1", 2);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
  }

  @Test
  void theReasonCountsWhatIsAlike() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 2);

    next(mesh, "a:1").failed(Failure.REFUSED, "connect refused", mesh.now());
    mesh.tick();

    assertThat(mesh.server("a:1").reason()).isEqualTo("health check: connect refused, failed x3");
  }

  @Test
  void theTimeLeftIsThatOfTheChecksThatAreMissing() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 3);

    Duration left = mesh.server("a:1").timeLeft();
    assertThat(left).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(21));
    mesh.pass(Duration.ofSeconds(5));
    assertThat(mesh.server("a:1").timeLeft()).isEqualTo(left.minusSeconds(5));

    Check running = next(mesh, "a:1");
    assertThat(mesh.server("a:1").timeLeft()).isEqualTo(Duration.ofSeconds(10));
    running.passed(mesh.now());
    assertThat(mesh.server("a:1").timeLeft())
        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
  }

  @Test
  void eachServerIsAskedOnceInAnIntervalAndNeverAllAtOnce() {
    String servers =
        IntStream.range(0, 100).mapToObj(i -> "s" + i + ":1").collect(Collectors.joining(","));
    EngineHarness mesh = checked(servers, "health-check.interval", "1s");
    Map<String, Integer> asked = new HashMap<>();
    int mostAtOnce = 0;

    for (int i = 0; i < 500; i++) {
      mesh.pass(PauseDetector.PERIOD);
      List<Check> due = mesh.engine().checksDue(mesh.now());
      mostAtOnce = Math.max(mostAtOnce, due.size());
      for (Check check : due) {
        asked.merge(check.server().address(), 1, Integer::sum);
        check.passed(mesh.now());
      }
    }

    assertThat(asked).hasSize(100);
    assertThat(asked.values()).allMatch(times -> times >= 8 && times <= 11);
    assertThat(mostAtOnce).isLessThan(15);
  }

  @Test
  void aCheckThatHangsIsNotRepeatedAndDelaysNoOther() {
    EngineHarness mesh = checked(THREE);
    Check hanging = next(mesh, "a:1");

    mesh.pass(Duration.ofMinutes(1), NONE);
    assertThat(mesh.events.count("checked a:1")).isZero();
    assertThat(mesh.events.count("checked b:1")).isBetween(5L, 7L);
    hanging.ignored(mesh.now());
    mesh.pass(Duration.ofSeconds(10), NONE);

    assertThat(mesh.events.count("checked a:1 ignored")).isOne();
    assertThat(mesh.events.count("checked a:1 success")).isPositive();
  }

  @Test
  void onlySoManyChecksRunAtOnce() {
    String servers =
        IntStream.range(0, 1000).mapToObj(i -> "s" + i + ":1").collect(Collectors.joining(","));
    EngineHarness mesh = checked(servers);
    List<Check> running = new ArrayList<>(mesh.engine().checksDue(mesh.now()));

    mesh.pass(Duration.ofSeconds(30));
    running.addAll(mesh.engine().checksDue(mesh.now()));
    running.addAll(mesh.engine().checksDue(mesh.now()));
    assertThat(running).hasSize(CheckSchedule.MOST_AT_ONCE);
    running.get(0).passed(mesh.now());

    assertThat(mesh.engine().checksDue(mesh.now())).hasSize(1);
  }

  @Test
  void aCheckEndsOnce() {
    EngineHarness mesh = checked(THREE);

    Check check = next(mesh, "a:1");
    check.failed(Failure.STATUS, "http 503", mesh.now());
    check.failed(Failure.STATUS, "http 503", mesh.now());
    check.passed(mesh.now());
    check.ignored(mesh.now());

    assertThat(mesh.events.count("checked a:1")).isOne();
  }

  @Test
  void aTimeoutIsChargedATickLaterUnlessThisJvmStoodStill() {
    EngineHarness mesh = checked(THREE, "health-check.unhealthy-threshold", "1");

    Check paused = next(mesh, "a:1");
    mesh.pause(Duration.ofSeconds(1));
    paused.failed(Failure.TIMEOUT, "timed out", mesh.now());
    mesh.tick();
    assertThat(mesh.events.count("checked a:1 ignored")).isOne();
    assertThat(mesh.state("a:1")).isEqualTo(UP);

    Check slow = next(mesh, "a:1");
    mesh.pass(Duration.ofSeconds(1));
    slow.failed(Failure.TIMEOUT, "timed out", mesh.now());
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.pass(PauseDetector.PERIOD);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("health check: timed out x1");
  }

  @Test
  void theOutcomeHoldsForAllRoutes() throws Exception {
    EngineHarness mesh = checked(THREE, "route.r.match", "GET /r");

    failed(mesh, "a:1", 3);

    for (int i = 0; i < 50; i++) {
      CallPlan plan = mesh.plan("GET", "/r");
      Lease lease = plan.first(mesh.now());
      assertThat(lease.address()).isNotEqualTo("a:1");
      lease.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }
    assertThat(mesh.engine().servers("r", mesh.now()).get(0).state()).isEqualTo(EJECTED);
    assertThat(mesh.events.count("ejected a:1")).isOne();
  }

  @Test
  void noCallEverProbesAServerThatFailsItsChecks() throws Exception {
    EngineHarness mesh = checked(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    failed(mesh, "a:1", 3);

    // Its ejection by failed calls is over by now; the checks alone keep it out.
    mesh.pass(Duration.ofMinutes(1), Set.of("a:1"));
    assertThat(asked(mesh, 100)).doesNotContain("a:1");
    passed(mesh, "a:1", 2);

    assertThat(mesh.state("a:1")).as("a probe decides").isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("http 500 x5");
    assertThat(mesh.succeed()).isEqualTo("a:1");
    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void goodChecksDontEndAnEjectionByFailedCalls() throws Exception {
    EngineHarness mesh =
        checked(THREE, "outlier.base-ejection-time", "5m", "outlier.max-ejection-time", "5m");
    mesh.failOn("a:1", Failure.TIMEOUT, 5);

    mesh.pass(Duration.ofMinutes(4), NONE);

    assertThat(mesh.events.count("checked a:1 success")).isGreaterThan(20);
    assertThat(asked(mesh, 100)).doesNotContain("a:1");
  }

  @Test
  void oneByOneAllButOneMayGoOut() throws Exception {
    EngineHarness mesh = checked(TEN);
    Set<String> failing = new HashSet<>();

    for (int i = 0; i < 9; i++) {
      failing.add("s" + i + ":1");
      mesh.pass(Duration.ofMinutes(2), failing);
    }

    assertThat(mesh.addresses(EJECTED)).containsExactlyInAnyOrderElementsOf(failing);
    assertThat(asked(mesh, 20)).containsExactly("s9:1");
  }

  @Test
  void whenTheLastOneFailsTooNobodyIsOut() throws Exception {
    EngineHarness mesh = checked(THREE);
    Set<String> failing = new HashSet<>();

    for (String server : List.of("a:1", "b:1", "c:1")) {
      failing.add(server);
      mesh.pass(Duration.ofMinutes(2), failing);
    }
    assertThat(mesh.addresses(EJECTED)).isEmpty();
    assertThat(mesh.events.count("ejected c:1")).isZero();
    assertThat(asked(mesh, 30)).hasSize(3);
    assertThat(mesh.server("b:1").reason()).startsWith("stays, but health check: http 503 x");
    mesh.pass(VERDICT, Set.of("a:1", "c:1"));

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1", "c:1");
    assertThat(asked(mesh, 30)).containsExactly("b:1");
  }

  @Test
  void aCheckThatIsBrokenEverywhereTakesNobodyOut() throws Exception {
    for (String threshold : List.of("2", "3", "5")) {
      EngineHarness mesh = checked(TEN, "health-check.unhealthy-threshold", threshold);
      mesh.pass(Duration.ofMinutes(2), NONE);

      Set<String> all = Set.copyOf(mesh.addresses(UP));
      for (int i = 0; i < 300; i++) {
        mesh.pass(Duration.ofSeconds(1), all);
        assertThat(mesh.addresses(EJECTED)).isEmpty();
      }

      assertThat(asked(mesh, 100)).hasSize(10);
      assertThat(mesh.events.count("ejected")).isZero();
      assertThat(mesh.server("s0:1").reason()).startsWith("stays, but health check: http 503 x");
    }
  }

  @Test
  void withAThresholdOfOneHalfMayGoOutUntilAllHaveFailed() throws Exception {
    EngineHarness mesh = checked(TEN, "health-check.unhealthy-threshold", "1");
    mesh.pass(Duration.ofMinutes(1), NONE);

    Set<String> all = Set.copyOf(mesh.addresses(UP));
    int mostOut = 0;
    for (int i = 0; i < 60; i++) {
      mesh.pass(Duration.ofSeconds(1), all);
      mostOut = Math.max(mostOut, mesh.addresses(EJECTED).size());
    }

    assertThat(mostOut).isEqualTo(5);
    assertThat(mesh.addresses(EJECTED)).isEmpty();
  }

  @Test
  void serversThatFailByTurnsAsUnderOverloadStay() {
    EngineHarness mesh = checked(TEN);
    mesh.pass(Duration.ofMinutes(1), NONE);

    // Each fails seven checks of ten, so that three running are common.
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 1800; i++) {
      mesh.pass(PauseDetector.PERIOD.multipliedBy(50));
      for (Check check : mesh.engine().checksDue(mesh.now())) {
        mesh.end(check, random.nextInt(10) < 7 ? Set.of(check.server().address()) : NONE);
      }
      assertThat(mesh.addresses(EJECTED)).isEmpty();
    }
  }

  @Test
  void halfOfTheServersThatFailAtOnceGoOut() throws Exception {
    EngineHarness mesh = checked(TEN);
    mesh.pass(Duration.ofMinutes(1), NONE);

    Set<String> zone = Set.of("s0:1", "s1:1", "s2:1", "s3:1", "s4:1");
    mesh.pass(VERDICT, zone);

    assertThat(mesh.addresses(EJECTED)).containsExactlyInAnyOrderElementsOf(zone);
  }

  @Test
  void moreThanHalfAtOnceStayAndGoOutWhenTheOthersProveWell() throws Exception {
    EngineHarness mesh = checked("a:1, b:1, c:1, d:1");
    mesh.pass(Duration.ofMinutes(1), NONE);

    mesh.pass(VERDICT, Set.of("a:1", "b:1", "c:1"));
    assertThat(mesh.addresses(EJECTED)).isEmpty();
    mesh.pass(VERDICT.multipliedBy(2), Set.of("a:1", "b:1"));

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1", "b:1");
  }

  @Test
  void aSingleServerIsNeverOut() throws Exception {
    EngineHarness mesh = checked("a:1");

    mesh.pass(Duration.ofMinutes(2), Set.of("a:1"));

    assertThat(mesh.state("a:1")).isEqualTo(UP);
    assertThat(mesh.events.count("ejected")).isZero();
    assertThat(mesh.succeed()).isEqualTo("a:1");
  }

  @Test
  void whoIsOutForItsChecksCountsForTheCapsOfOtherEvidence() throws Exception {
    EngineHarness mesh = checked("a:1, b:1, c:1, d:1");
    mesh.pass(VERDICT, Set.of("a:1", "b:1"));
    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1", "b:1");

    mesh.failOn("c:1", Failure.STATUS, 100);

    assertThat(mesh.state("c:1")).as("half of four are out").isEqualTo(UP);
  }

  @Test
  void failOpenNeverTriesIt() throws Exception {
    EngineHarness mesh = checked(THREE, "outlier.max-ejection-percent", "100%");
    failed(mesh, "a:1", 3);
    mesh.failOn("b:1", Failure.STATUS, 5);
    var unused = mesh.engine().drain("c:1", mesh.now());

    // Of the rest b:1 is ejected, so nobody is left who passes: the checks count for nothing.
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.engine().restore("c:1", mesh.now());
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);

    mesh.pass(mesh.server("b:1").timeLeft());
    assertThat(asked(mesh, 100)).containsExactlyInAnyOrder("b:1", "c:1");
  }

  @Test
  void aDrainedServerIsCheckedOnAndTakesPartInNothing() throws Exception {
    EngineHarness mesh = checked(THREE);
    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();

    mesh.pass(VERDICT, Set.of("a:1"));
    assertThat(mesh.state("a:1")).isEqualTo(DRAINED);
    mesh.engine().restore("a:1", mesh.now());
    assertThat(mesh.state("a:1")).as("not up yet").isEqualTo(EJECTED);
    mesh.pass(VERDICT, NONE);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void drainedServersThatFailSayNothingOfTheOthers() {
    EngineHarness mesh = checked("a:1, b:1, c:1, d:1");
    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();
    assertThat(mesh.engine().drain("b:1", mesh.now())).isDone();

    mesh.pass(VERDICT, Set.of("a:1", "b:1", "c:1"));

    assertThat(mesh.addresses(EJECTED)).containsExactly("c:1");
  }

  @Test
  void serversThatAreDownOrFencedAreNotAskedUnlessARouteMayUseThem() {
    EngineHarness mesh =
        checked(
            "a:1 down, b:1 region=no, c:1 region=se, d:1 region=fi, e:1",
            "region-fence",
            "no",
            "route.r.match",
            "GET /r",
            "route.r.region-fence",
            "se");

    mesh.pass(Duration.ofMinutes(1), NONE);

    assertThat(mesh.events.count("checked b:1")).isPositive();
    assertThat(mesh.events.count("checked c:1")).isPositive();
    assertThat(mesh.events.count("checked a:1")).isZero();
    assertThat(mesh.events.count("checked d:1")).isZero();
    assertThat(mesh.events.count("checked e:1")).isZero();
  }

  @Test
  void aRouteThatWouldHaveNobodyLeftIgnoresTheChecks() throws Exception {
    EngineHarness mesh =
        checked(
            "a:1 region=no, b:1 region=se, c:1 region=se",
            "route.r.match",
            "GET /r",
            "route.r.region-fence",
            "no");

    failed(mesh, "a:1", 3);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.engine().servers("r", mesh.now()).get(0).state()).isEqualTo(UP);
    assertThat(mesh.plan("GET", "/r").first(mesh.now()).address()).isEqualTo("a:1");
  }

  @Test
  void aReloadKeepsWhatIsKnownAndServersThatLeaveAreNotAskedAgain() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 2);
    Check underWay = next(mesh, "c:1");

    mesh.reload("servers", "a:1 weight=5, b:1, d:1, e:1");
    underWay.failed(Failure.STATUS, "http 503", mesh.now());
    failed(mesh, "a:1", 1);
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    mesh.reload("servers", "a:1 weight=6, b:1, d:1, e:1, f:1");

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    long before = mesh.events.count("checked c:1");
    mesh.pass(Duration.ofMinutes(1), NONE);
    assertThat(mesh.events.count("checked c:1")).isEqualTo(before);
    assertThat(mesh.events.count("checked d:1")).isBetween(5L, 13L);
  }

  @Test
  void aServerThatLeavesTheListAndComesBackWithinFiveMinutesIsStillOut() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 3);

    mesh.reload("servers", "b:1, c:1");
    mesh.pass(Duration.ofMinutes(4));
    mesh.reload("servers", THREE);
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    mesh.reload("servers", "b:1, c:1");
    mesh.pass(Duration.ofMinutes(6));
    mesh.reload("servers", THREE);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void anotherPathForgetsWhatTheOldOneSaidAndNoneLetsEverybodyIn() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 3);
    Check old = next(mesh, "b:1");

    mesh.reload("health-check.path", "/other");
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    old.failed(Failure.STATUS, "http 503", mesh.now());
    failed(mesh, "b:1", 2);
    assertThat(mesh.state("b:1")).as("two of its own").isEqualTo(UP);
    failed(mesh, "b:1", 1);
    assertThat(mesh.state("b:1")).isEqualTo(EJECTED);
    mesh.reload("health-check.path", "none");

    assertThat(mesh.state("b:1")).isEqualTo(UP);
    assertThat(mesh.engine().checksDue(mesh.now() + Duration.ofMinutes(1).toNanos())).isEmpty();
  }

  @Test
  void aServerThatWasDownStartsAnew() {
    EngineHarness mesh = checked(THREE);
    failed(mesh, "a:1", 3);

    mesh.reload("servers", "a:1 down, b:1, c:1");
    mesh.reload("servers", THREE);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void aShorterIntervalHoldsAtOnce() {
    EngineHarness mesh = checked(THREE, "health-check.interval", "10h");
    mesh.pass(Duration.ofSeconds(1), NONE);

    mesh.reload("health-check.interval", "1s");
    mesh.pass(Duration.ofSeconds(1), NONE);

    for (String server : List.of("a:1", "b:1", "c:1")) {
      assertThat(mesh.events.count("checked " + server)).isPositive();
    }
  }

  @Test
  void observeCountsWhatItWouldTakeOutAndTakesNobodyOut() throws Exception {
    EngineHarness mesh = checked(THREE, "outlier.mode", "observe");

    mesh.pass(Duration.ofMinutes(3), Set.of("a:1"));
    assertThat(mesh.events.count("would be ejected a:1 health_check")).isOne();
    assertThat(mesh.events.count("ejected")).isZero();
    assertThat(asked(mesh, 30)).hasSize(3);

    mesh.reload("outlier.mode", "enforce");
    mesh.pass(Duration.ofSeconds(11), Set.of("a:1"));
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    mesh.reload("outlier.mode", "observe");
    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void outlierModeOffLeavesTheChecksOn() {
    EngineHarness mesh = checked("a:1 max_fails=0, b:1, c:1", "outlier.mode", "off");

    failed(mesh, "a:1", 3);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
  }
}
