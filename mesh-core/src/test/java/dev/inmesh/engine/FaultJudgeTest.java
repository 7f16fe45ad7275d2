package dev.inmesh.engine;

import static dev.inmesh.engine.ServerView.State.EJECTED;
import static dev.inmesh.engine.ServerView.State.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mine, the caller's, the service's, the server's. */
final class FaultJudgeTest {

  private static final String FOUR = "a:1, b:1, c:1, d:1";

  @Test
  void timeoutsInAPauseOfThisJvmAreMine() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR);

    for (int i = 0; i < 40; i++) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      mesh.pause(Duration.ofMillis(200));
      lease.failure(Failure.TIMEOUT, 0, mesh.now());
      plan.end(Outcome.IGNORED, false, false, mesh.now());
      mesh.tick();
    }

    assertThat(mesh.addresses(UP)).hasSize(4);
  }

  @Test
  void theSameTimeoutsWithoutAPauseAreTheServers() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR, "outlier.success-rate-gap", "100%");

    for (int i = 0; mesh.state("a:1") == UP; i++) {
      assertThat(i).isLessThan(100);
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      if (lease.address().equals("a:1")) {
        mesh.pass(Duration.ofMillis(200));
        lease.failure(Failure.TIMEOUT, 0, mesh.now());
      } else {
        lease.success(mesh.now());
      }
      plan.end(Outcome.IGNORED, false, false, mesh.now());
      mesh.tick();
    }

    assertThat(mesh.server("a:1").reason()).isEqualTo("timed out x5");
  }

  @Test
  void cancelledCallsAndBadRequestsAreTheCallers() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR);

    for (int i = 0; i < 400; i++) {
      CallPlan plan = mesh.plan();
      plan.first(mesh.now()).ignored(i % 2 == 0, mesh.now());
      plan.end(Outcome.IGNORED, i % 2 == 0, false, mesh.now());
      mesh.pass(Duration.ofMillis(20));
    }

    assertThat(mesh.addresses(UP)).hasSize(4);
  }

  @Test
  void whatHappensToAllIsTheServices() throws Exception {
    for (Failure failure : Failure.values()) {
      EngineHarness mesh = new EngineHarness(FOUR, "outlier.max-ejection-percent", "100%");
      for (int i = 0; i < 40; i++) {
        mesh.succeed();
      }

      mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1", "d:1"), failure, 100);

      assertThat(mesh.addresses(UP)).as(failure.name()).hasSize(4);
    }
  }

  @Test
  void whatHappensToAllIsNoExcuseWhereAllMayBeOutAndABackupStandsBy() throws Exception {
    for (Failure failure : Failure.values()) {
      EngineHarness mesh =
          new EngineHarness("a:1, b:1, s:1 backup", "outlier.max-ejection-percent", "100%");

      mesh.failWhatGoesTo(Set.of("a:1", "b:1"), failure, 100);

      assertThat(mesh.addresses(EJECTED)).as(failure.name()).containsExactly("a:1", "b:1");
      assertThat(mesh.addresses(UP)).as(failure.name()).containsExactly("s:1");
    }
  }

  @Test
  void whatHappensToHalfOfThemIsTheServers() throws Exception {
    for (Failure failure : Failure.values()) {
      EngineHarness mesh = new EngineHarness(FOUR);

      mesh.failWhatGoesTo(Set.of("a:1", "b:1"), failure, 100);

      assertThat(mesh.addresses(EJECTED)).as(failure.name()).containsExactly("a:1", "b:1");
    }
  }

  @Test
  void whatHappensToMostIsTheServersWhileNothingListensThere() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR);

    mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1"), Failure.REFUSED, 100);

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1", "b:1", "c:1");
  }

  @Test
  void aServerThatGoesOnFailingWhenTheOthersAreBackIsEjected() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR);
    mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1", "d:1"), Failure.STATUS, 100);

    mesh.failWhatGoesTo(Set.of("a:1"), Failure.STATUS, 100);

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1");
  }

  @Test
  void oneFailureOfTheOnlyOtherServerDoesNotAcquit() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    for (int i = 0; i < 20; i++) {
      mesh.succeed();
    }
    mesh.failOn("a:1", Failure.STATUS, 4);
    mesh.failOn("b:1", Failure.STATUS, 1);

    mesh.failOn("a:1", Failure.STATUS, 1);

    assertThat(mesh.addresses(EJECTED)).containsExactly("a:1");
  }

  /** A probe that fails in a general outage is not a proof against this server. */
  @Test
  void aGeneralOutageDoesNotLengthenAnEjection() throws Exception {
    EngineHarness mesh = new EngineHarness(FOUR);
    mesh.failOn("a:1", Failure.STATUS, 5);
    for (int probe = 0; probe < 4; probe++) {
      mesh.pass(mesh.server("a:1").timeLeft());
      mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1", "d:1"), Failure.STATUS, 100);
    }

    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
    assertThat(mesh.server("a:1").timeLeft()).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void serversThatAreNeverEjectedAreWitnessesToo() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1 max_fails=0, c:1 max_fails=0");

    mesh.failWhatGoesTo(Set.of("a:1", "b:1", "c:1"), Failure.STATUS, 100);

    assertThat(mesh.state("a:1")).isEqualTo(UP);
  }
}
