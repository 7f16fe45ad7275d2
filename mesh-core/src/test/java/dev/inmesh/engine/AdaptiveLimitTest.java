package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.LimitExceededException;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AdaptiveLimitTest {

  @Test
  void itStartsAtTwentyAndGrowsByOneForEachFullRound() {
    AdaptiveLimit limit = new AdaptiveLimit();
    assertThat(limit.attempts()).isEqualTo(20);

    succeed(limit, 20, 21);
    assertThat(limit.attempts()).isEqualTo(21);
    succeed(limit, 21, 22);

    assertThat(limit.attempts()).isEqualTo(22);
  }

  @Test
  void itDoesNotGrowWhileItIsNotInUse() {
    AdaptiveLimit limit = new AdaptiveLimit();

    succeed(limit, 17, 1_000);
    assertThat(limit.attempts()).isEqualTo(20);
    succeed(limit, 18, 25);

    assertThat(limit.attempts()).isEqualTo(21);
  }

  @Test
  void overloadTakesATenthOnceForAllThatWereUnderWay() {
    AdaptiveLimit limit = new AdaptiveLimit();

    limit.overloaded(0, 100);
    limit.overloaded(50, 110);
    limit.overloaded(99, 120);
    assertThat(limit.attempts()).isEqualTo(18);
    limit.overloaded(100, 130);

    assertThat(limit.attempts()).isEqualTo(16);
  }

  @Test
  void oneAttemptIsAlwaysAllowed() {
    AdaptiveLimit limit = new AdaptiveLimit();

    for (int i = 0; i < 1_000; i++) {
      limit.overloaded(i, i);
    }

    assertThat(limit.attempts()).isOne();
    succeed(limit, 1, 2);
    assertThat(limit.attempts()).isEqualTo(2);
  }

  private static void succeed(AdaptiveLimit limit, int inFlight, int times) {
    for (int i = 0; i < times; i++) {
      limit.succeeded(inFlight);
    }
  }

  @Test
  void aCallIsRefusedWhenEveryServerHasAsManyAttemptsAsItTakes() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "max-requests", "adaptive");
    List<Lease> leases = start(mesh, 40);

    CallPlan refused = mesh.plan();
    assertThatThrownBy(() -> refused.first(mesh.now()))
        .isInstanceOf(LimitExceededException.class)
        .hasMessageContaining("max-requests=adaptive")
        .hasMessageContaining("inFlight=40");
    refused.end(Outcome.REJECTION, false, false, mesh.now());
    leases.get(7).success(mesh.now());

    assertThat(mesh.plan().first(mesh.now()).address()).isEqualTo(leases.get(7).address());
    assertThat(mesh.events.count("rejected limit")).isOne();
  }

  @Test
  void serversThatAreFullAreNoReasonToTryThoseThatAreOut() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "max-requests", "adaptive");
    mesh.failOn("a:1", Failure.STATUS, 5);
    start(mesh, 20);

    CallPlan refused = mesh.plan();

    assertThatThrownBy(() -> refused.first(mesh.now())).isInstanceOf(LimitExceededException.class);
    assertThat(mesh.events.count("failed open")).isZero();
  }

  @Test
  void rejectionsTimeoutsAndBrokenConnectionsAreSignsOfOverload() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1, b:1", "max-requests", "adaptive", "outlier.mode", "off");

    mesh.plan().first(mesh.now()).rejected(0, mesh.now());
    assertThat(mesh.events.count("limit 18")).isOne();
    mesh.failOn("a:1", Failure.STATUS, 10);
    assertThat(mesh.events.count("limit 18")).isOne();
    for (Failure failure : List.of(Failure.ERROR, Failure.TIMEOUT, Failure.CONNECT_TIMEOUT)) {
      long before = mesh.events.count("limit");
      mesh.failOn("a:1", failure, 1);
      mesh.pass(PauseDetector.PERIOD);
      assertThat(mesh.events.count("limit")).as(failure.name()).isGreaterThan(before);
    }
  }

  @Test
  void whatThisJvmSleptThroughIsNoSign() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "max-requests", "adaptive");
    long before = mesh.events.count("limit");
    List<Lease> leases = start(mesh, 10);

    mesh.pause(Duration.ofMillis(500));
    leases.forEach(lease -> lease.failure(Failure.TIMEOUT, 0, mesh.now()));
    mesh.tick();

    assertThat(mesh.events.count("limit")).isEqualTo(before);
  }

  @Test
  void turnedOffThereIsNoLimitToAServer() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "max-requests", "adaptive");
    start(mesh, 20);

    mesh.reload("max-requests", "1024");

    assertThat(start(mesh, 100)).hasSize(100);
  }

  private static List<Lease> start(EngineHarness mesh, int calls) throws Exception {
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      leases.add(mesh.plan().first(mesh.now()));
    }
    return leases;
  }

  @Test
  void afterALongOutageItGrowsBackWhileTheServerIsFull() {
    for (int cuts = 1; cuts <= 100; cuts++) {
      AdaptiveLimit limit = new AdaptiveLimit();
      for (int i = 0; i < cuts; i++) {
        limit.overloaded(i, i);
      }

      for (int i = 0; i < 10_000; i++) {
        limit.succeeded(limit.attempts()); // As many as are admitted, never more.
      }

      assertThat(limit.attempts()).as("after %s cuts", cuts).isGreaterThan(20);
    }
  }

  @Test
  void theLimitIsOfAllRoutesTogether() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1", "max-requests", "adaptive", "route.r.match", "* /r/*");
    List<Lease> leases = new ArrayList<>();
    while (leases.size() < 30) {
      try {
        leases.add(mesh.plan("GET", "/").first(mesh.now()));
      } catch (LimitExceededException full) {
        leases.remove(0).success(mesh.now());
      }
    }

    leases.remove(0).success(mesh.now());
    CallPlan other = mesh.plan("GET", "/r/x");

    assertThat(other.first(mesh.now()).address()).isEqualTo("a:1");
  }

  @Test
  void aServerThatComesBackTellsItsLimit() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "max-requests", "adaptive");
    long before = mesh.events.count("limit 20");

    mesh.reload("servers", "a:1");
    mesh.reload("servers", "a:1, b:1");

    assertThat(mesh.events.count("limit 20")).isGreaterThan(before);
    mesh.reload("max-requests", "7");
    assertThat(mesh.events.count("limit 0")).isEqualTo(2);
  }
}
