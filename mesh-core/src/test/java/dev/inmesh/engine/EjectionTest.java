package dev.inmesh.engine;

import static dev.inmesh.engine.ServerView.State.EJECTED;
import static dev.inmesh.engine.ServerView.State.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.NoServerException;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class EjectionTest {

  private static final String THREE = "a:1, b:1, c:1";

  @Test
  void fiveFailuresInARowEjectAServer() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);

    mesh.failOn("a:1", Failure.STATUS, 4);
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.failOn("a:1", Failure.STATUS, 1);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("http 500 x5");
    assertThat(mesh.server("a:1").timeLeft())
        .isBetween(Duration.ofMillis(1800), Duration.ofMillis(2200));
    assertThat(mesh.events.count("ejected a:1")).isOne();
    for (int i = 0; i < 100; i++) {
      assertThat(mesh.succeed()).isNotEqualTo("a:1");
    }
  }

  @Test
  void aSuccessInBetweenStartsTheCountAnew() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);

    mesh.failOn("a:1", Failure.STATUS, 4);
    while (!mesh.succeed().equals("a:1")) {
      // until a:1 had its turn
    }
    mesh.failOn("a:1", Failure.STATUS, 4);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void aRefusedConnectionCountsDouble() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);

    mesh.failOn("a:1", Failure.REFUSED, 3);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("connect refused x3");
  }

  @Test
  void ejectedServerReturnsAfterItsBaseTimeByExactlyOneProbe() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.pass(mesh.server("a:1").timeLeft());

    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      leases.add(mesh.plan().first(mesh.now()));
    }

    List<Lease> probes = leases.stream().filter(l -> l.address().equals("a:1")).toList();
    assertThat(probes).hasSize(1);
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    probes.get(0).success(mesh.now());
    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void aFailedProbeEjectsForTwiceAsLongUpToTheCap() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    List<Long> seconds = new ArrayList<>();

    for (int i = 0; i < 5; i++) {
      seconds.add(Math.round(mesh.server("a:1").timeLeft().toMillis() / 1000.0));
      mesh.pass(mesh.server("a:1").timeLeft());
      mesh.failOn("a:1", Failure.STATUS, 1);
    }

    assertThat(seconds.get(0)).isEqualTo(2);
    assertThat(seconds.get(1)).isEqualTo(4);
    assertThat(seconds.get(2)).isBetween(7L, 9L);
    assertThat(seconds.subList(3, 5)).allMatch(s -> s >= 9 && s <= 11);
  }

  @Test
  void aReasonCountsItsOwnKindOfEvidence() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.pass(mesh.server("a:1").timeLeft());
    mesh.failOn("a:1", Failure.STATUS, 1);
    assertThat(mesh.server("a:1").reason()).isEqualTo("http 500 x6");

    mesh.pass(mesh.server("a:1").timeLeft());
    mesh.failOn("a:1", Failure.REFUSED, 1);

    assertThat(mesh.server("a:1").reason()).isEqualTo("connect refused x1");
  }

  @Test
  void growthWearsOffWithEachCleanInterval() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "outlier.interval", "10s");
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.pass(mesh.server("a:1").timeLeft());
    mesh.failOn("a:1", Failure.STATUS, 1);
    mesh.pass(mesh.server("a:1").timeLeft());
    while (mesh.state("a:1") == EJECTED) {
      mesh.succeed();
    }

    mesh.failOn("a:1", Failure.STATUS, 5);
    assertThat(mesh.server("a:1").timeLeft()).isGreaterThan(Duration.ofSeconds(7));
    mesh.pass(mesh.server("a:1").timeLeft());
    while (mesh.state("a:1") == EJECTED) {
      mesh.succeed();
    }
    mesh.pass(Duration.ofSeconds(31));
    mesh.failOn("a:1", Failure.STATUS, 5);

    assertThat(mesh.server("a:1").timeLeft()).isLessThan(Duration.ofMillis(2300));
  }

  @Test
  void aProbeWithoutAVerdictLeavesThePlaceToTheNext() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.pass(mesh.server("a:1").timeLeft());

    for (int i = 0; i < 100; i++) {
      Lease probe = mesh.plan().first(mesh.now());
      assertThat(probe.address()).isEqualTo("a:1");
      probe.ignored(false, mesh.now());
      assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    }
    mesh.plan().first(mesh.now()).ignored(true, mesh.now());

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void theLastServerIsNeverEjectedWhateverTheEvidence() throws Exception {
    for (Failure failure : Failure.values()) {
      EngineHarness mesh = new EngineHarness(THREE, "outlier.max-ejection-percent", "100%");

      for (String server : List.of("a:1", "b:1", "c:1")) {
        mesh.failWhatGoesTo(Set.of(server), failure, 100);
      }

      assertThat(mesh.addresses(EJECTED)).as(failure.name()).containsExactly("a:1", "b:1");
    }
  }

  @Test
  void evidenceThatARequestCouldHaveCausedTakesOutHalfAtMost() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1, d:1, e:1, f:1");

    for (String server : List.of("a:1", "b:1", "c:1", "d:1", "e:1", "f:1")) {
      mesh.failWhatGoesTo(Set.of(server), Failure.STATUS, 100);
    }

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1", "b:1", "c:1");
  }

  @Test
  void refusedConnectionsMayTakeOutAllButOne() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1, d:1, e:1, f:1");

    for (String server : List.of("a:1", "b:1", "c:1", "d:1", "e:1", "f:1")) {
      mesh.failWhatGoesTo(Set.of(server), Failure.REFUSED, 100);
    }

    assertThat(mesh.addresses(EJECTED)).hasSize(5).doesNotContain("f:1");
  }

  @Test
  void aSingleServerIsNeverEjected() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1");

    mesh.failOn("a:1", Failure.REFUSED, 100);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void maxFailsIsATrueSlidingWindow() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1 max_fails=3 fail_timeout=10s, b:1", "outlier.consecutive-failures", "1000");

    // nginx's window starts with its first failure: here 2 failures end one window and 1 starts the
    // next, yet all 3 are within ten seconds.
    mesh.failOn("a:1", Failure.STATUS, 1);
    mesh.pass(Duration.ofSeconds(9));
    mesh.failOn("a:1", Failure.STATUS, 1);
    mesh.pass(Duration.ofSeconds(2));
    mesh.failOn("a:1", Failure.STATUS, 1);
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.pass(Duration.ofSeconds(5));
    mesh.failOn("a:1", Failure.STATUS, 1);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").timeLeft())
        .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11));
  }

  @Test
  void maxFailsTakesThePlaceOfFailuresInARow() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1 max_fails=20 fail_timeout=1m, b:1");

    mesh.failOn("a:1", Failure.STATUS, 19);
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.failOn("a:1", Failure.STATUS, 1);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
  }

  @Test
  void maxFailsOfZeroTurnsEjectionOffForTheServer() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1 max_fails=0, b:1");

    mesh.failOn("a:1", Failure.REFUSED, 100);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void outlierModeOffEjectsNobodyAndLetsThoseOutBackIn() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);

    mesh.reload("outlier.mode", "off");
    assertThat(mesh.state("a:1")).isEqualTo(UP);
    mesh.failOn("a:1", Failure.STATUS, 100);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void whenNobodyIsEligibleTheLongestOutOnARequestsEvidenceIsTried() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "outlier.max-ejection-percent", "100%");
    mesh.failOn("b:1", Failure.STATUS, 5);
    mesh.pass(Duration.ofMillis(100));
    mesh.failOn("a:1", Failure.TIMEOUT, 5);
    mesh.pass(Duration.ofMillis(100));
    var drained = mesh.engine().drain("c:1", mesh.now());

    assertThat(drained).isDone();
    assertThat(mesh.addresses(EJECTED)).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(mesh.succeed()).isEqualTo("b:1");
    assertThat(mesh.events.count("failed open")).isOne();
  }

  @Test
  void failOpenNeverTriesAServerThatRefusedConnections() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    mesh.failOn("a:1", Failure.REFUSED, 3);
    var drained = mesh.engine().drain("b:1", mesh.now());

    assertThat(drained).isDone();
    assertThatThrownBy(mesh::succeed)
        .isInstanceOf(NoServerException.class)
        .hasMessageMatching(
            "u: no server can be tried: 2 known, 1 ejected \\(a:1 connect refused x3, back in 2s\\),"
                + " 1 drained; list from configuration 0s ago");
  }

  @Test
  void timeoutsThatOverlapAPauseOfThisJvmAreNotCharged() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    List<CallPlan> plans = new ArrayList<>();
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      CallPlan plan = mesh.plan();
      plans.add(plan);
      leases.add(plan.first(mesh.now()));
    }

    mesh.pause(Duration.ofMillis(200));
    leases.forEach(lease -> lease.failure(Failure.TIMEOUT, 0, mesh.now()));
    plans.forEach(plan -> plan.end(Outcome.FAILURE, false, true, mesh.now()));
    mesh.tick();

    assertThat(mesh.addresses(EJECTED)).isEmpty();
    assertThat(mesh.events.count("attempt ignored")).isEqualTo(60);
    assertThat(mesh.events.count("call ignored")).isEqualTo(60);
    assertThat(mesh.engine().breakerState().tag()).isEqualTo("closed");
  }

  @Test
  void timeoutsWithoutAPauseAreChargedAtTheNextTick() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.TIMEOUT, 5);
    assertThat(mesh.state("a:1")).isEqualTo(UP);

    mesh.pass(PauseDetector.PERIOD);

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").reason()).isEqualTo("timed out x5");
  }

  @Test
  void aServerThatLeavesTheListAndComesBackWithinFiveMinutesIsStillOut() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            THREE, "outlier.base-ejection-time", "30m", "outlier.max-ejection-time", "1h");
    mesh.failOn("a:1", Failure.STATUS, 5);

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
  void aProbeThatRunsWhileItsServerLeavesAndComesBackStaysTheOnlyOne() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.REFUSED, 3);
    mesh.pass(mesh.server("a:1").timeLeft());
    Lease probe = mesh.plan().first(mesh.now());
    assertThat(probe.address()).isEqualTo("a:1");

    mesh.reload("servers", "b:1, c:1");
    mesh.reload("servers", THREE);

    for (int i = 0; i < 20; i++) {
      assertThat(mesh.succeed()).isNotEqualTo("a:1");
    }
    probe.success(mesh.now());
    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }

  @Test
  void aReloadKeepsEjectionsAndCounts() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.failOn("b:1", Failure.STATUS, 4);

    mesh.reload("servers", "a:1 weight=5, b:1, c:1, d:1");

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    mesh.failOn("b:1", Failure.STATUS, 1);
    assertThat(mesh.state("b:1")).isEqualTo(EJECTED);
  }

  @Test
  void retryAfterKeepsAServerOutOfTheChoiceWithoutAnEjection() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    Lease lease = mesh.plan().first(mesh.now());
    String asked = lease.address();

    lease.rejected(Duration.ofSeconds(3).toNanos(), mesh.now());

    for (int i = 0; i < 50; i++) {
      assertThat(mesh.succeed()).isNotEqualTo(asked);
    }
    assertThat(mesh.state(asked)).isEqualTo(ServerView.State.WAITING);
    mesh.pass(Duration.ofSeconds(3));
    assertThat(mesh.state(asked)).isEqualTo(UP);
  }

  @Test
  void aProbeThatFailsForALesserReasonKeepsItsCap() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1, d:1");
    mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1"), Failure.REFUSED, 100);
    assertThat(mesh.addresses(EJECTED)).hasSize(3);

    for (int i = 0; i < 40; i++) {
      mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1"), Failure.STATUS, 10);
      mesh.pass(Duration.ofMillis(200));
    }

    assertThat(mesh.addresses(EJECTED)).hasSizeLessThanOrEqualTo(2);
  }
}
