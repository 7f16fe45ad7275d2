package dev.inmesh.engine;

import static dev.inmesh.engine.ServerView.State.EJECTED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HedgeTest {

  private static final String THREE = "a:1, b:1, c:1";
  private static final long NEVER = Long.MAX_VALUE;

  @Test
  void withoutTheKeyThereIsNoHedge() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE);
    CallPlan plan = mesh.plan();
    plan.first(mesh.now());

    assertThat(plan.hedgeAfterNanos()).isEqualTo(NEVER);
    assertThat(plan.hedge(mesh.now())).isNull();
  }

  @Test
  void aHedgeGoesToAServerThatTheCallHasNotTried() throws Exception {
    EngineHarness mesh =
        new EngineHarness(THREE, "hedge.after", "50ms", "hedge.tries", "5", "retry.tries", "1");
    CallPlan plan = mesh.plan();
    Set<String> tried = new HashSet<>();
    tried.add(plan.first(mesh.now()).address());

    assertThat(plan.hedgeAfterNanos()).isEqualTo(Duration.ofMillis(50).toNanos());
    tried.add(address(plan.hedge(mesh.now())));
    tried.add(address(plan.hedge(mesh.now())));

    assertThat(tried).containsExactlyInAnyOrder("a:1", "b:1", "c:1");
    assertThat(plan.hedge(mesh.now())).as("nobody is left").isNull();
    assertThat(mesh.events.count("hedged")).isEqualTo(2);
  }

  @Test
  void noMoreHedgesThanTries() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "50ms");
    CallPlan plan = mesh.plan();
    plan.first(mesh.now());

    assertThat(plan.hedge(mesh.now())).isNotNull();

    assertThat(plan.hedgeAfterNanos()).isEqualTo(NEVER);
    assertThat(plan.hedge(mesh.now())).isNull();
  }

  @Test
  void aHedgeDoesNotUseUpARetry() throws Exception {
    EngineHarness mesh =
        new EngineHarness(THREE, "hedge.after", "50ms", "retry.on", "http_500", "retry.tries", "2");
    CallPlan plan = mesh.plan();
    Lease first = plan.first(mesh.now());
    Lease hedge = plan.hedge(mesh.now());
    assertThat(hedge).isNotNull();

    first.failure(Failure.STATUS, 500, mesh.now());
    hedge.failure(Failure.STATUS, 500, mesh.now());

    assertThat(plan.mayRetry(Failure.STATUS, 500, true, mesh.now())).isTrue();
  }

  @Test
  void aCallThatMustNotBeSentTwiceIsNotHedged() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "50ms");
    CallPlan plan = mesh.plan("POST", "/");
    plan.first(mesh.now());

    assertThat(plan.hedgeAfterNanos()).isEqualTo(NEVER);
    assertThat(plan.hedge(mesh.now())).isNull();
  }

  @Test
  void hedgesComeFromTheOneBudget() throws Exception {
    EngineHarness mesh =
        new EngineHarness(THREE, "hedge.after", "50ms", "budget", "0%", "budget.min", "0");
    int hedged = 0;

    for (int i = 0; i < 50; i++) {
      CallPlan plan = mesh.plan();
      Lease first = plan.first(mesh.now());
      Lease hedge = plan.hedge(mesh.now());
      if (hedge != null) {
        hedged++;
        hedge.lost(mesh.now());
      }
      first.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }

    assertThat(hedged).isEqualTo(5);
    assertThat(mesh.events.count("rejected budget")).isEqualTo(45);
    assertThat(mesh.engine().servers(mesh.now())).allMatch(server -> server.inFlight() == 0);
  }

  @Test
  void theLoserIsChargedWithItsTimeAndNotWithAFailure() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "50ms");
    for (int i = 0; i < 20; i++) {
      CallPlan plan = mesh.plan();
      Lease first = plan.first(mesh.now());
      mesh.pass(Duration.ofMillis(60));
      Lease hedge = plan.hedge(mesh.now());
      first.lost(mesh.now());
      if (hedge != null) {
        hedge.success(mesh.now());
      }
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }

    assertThat(mesh.addresses(EJECTED)).isEmpty();
    assertThat(mesh.events.count("attempt ignored")).isEqualTo(20);
    assertThat(mesh.events.count("attempt failure")).isZero();
  }

  @Test
  void aHedgeIsNeverAProbe() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "50ms");
    CallPlan plan = mesh.plan();
    Lease first = plan.first(mesh.now());
    String out = first.address().equals("a:1") ? "b:1" : "a:1";
    mesh.failOn(out, Failure.STATUS, 5);
    mesh.pass(mesh.server(out).timeLeft());

    assertThat(address(plan.hedge(mesh.now()))).isNotEqualTo(out);
  }

  @Test
  void p95WaitsUntilItKnowsTheLatencies() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "p95");
    CallPlan early = mesh.plan();
    early.first(mesh.now());
    assertThat(early.hedgeAfterNanos()).isEqualTo(NEVER);

    for (int i = 0; i < 300; i++) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      mesh.pass(Duration.ofMillis(i % 10 == 0 ? 100 : 20));
      lease.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }

    CallPlan plan = mesh.plan();
    plan.first(mesh.now());
    assertThat(Duration.ofNanos(plan.hedgeAfterNanos()).toMillis()).isBetween(80L, 120L);
  }

  @Test
  void afterItsEndACallIsNotHedged() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "50ms");
    CallPlan plan = mesh.plan();
    plan.first(mesh.now()).success(mesh.now());
    plan.end(Outcome.SUCCESS, true, false, mesh.now());

    assertThat(plan.hedge(mesh.now())).isNull();
  }

  private static String address(@Nullable Lease lease) {
    assertThat(lease).isNotNull();
    return lease.address();
  }

  @Test
  void aBlackHoleThatHedgesHideIsEjectedAllTheSame() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1, c:1", "balancer", "round_robin", "hedge.after", "20ms", "budget", "100%");

    for (int i = 0; i < 60; i++) {
      callThatHangsOn("a:1", mesh);
    }

    assertThat(mesh.events.count("ejected a:1 latency")).isPositive();
    assertThat(mesh.events.count("ejected")).isEqualTo(mesh.events.count("ejected a:1"));
  }

  @Test
  void aProbeThatAHedgeOvertakesHasFailed() throws Exception {
    EngineHarness mesh = new EngineHarness(THREE, "hedge.after", "20ms", "budget", "100%");
    mesh.failOn("a:1", Failure.STATUS, 5);
    mesh.pass(mesh.server("a:1").timeLeft());
    int probes = 0;

    for (int i = 0; i < 100; i++) {
      probes += callThatHangsOn("a:1", mesh) ? 1 : 0;
    }

    assertThat(probes).isOne();
    assertThat(mesh.state("a:1")).isEqualTo(EJECTED);
  }

  /** Whether the call went there at first. */
  private static boolean callThatHangsOn(String address, EngineHarness mesh) throws Exception {
    CallPlan plan = mesh.plan();
    Lease first = plan.first(mesh.now());
    boolean hangs = first.address().equals(address);
    if (hangs) {
      mesh.pass(Duration.ofMillis(20));
      Lease hedge = plan.hedge(mesh.now());
      assertThat(hedge).isNotNull();
      hedge.success(mesh.now());
      first.lost(mesh.now());
    } else {
      first.success(mesh.now());
    }
    plan.end(Outcome.SUCCESS, true, false, mesh.now());
    return hangs;
  }

  @Test
  void aBackupIsNoPlaceForAHedgeWhileAnotherServerIsUsed() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1 backup", "hedge.after", "50ms");
    CallPlan plan = mesh.plan();
    plan.first(mesh.now());

    assertThat(plan.hedge(mesh.now())).isNull();
    assertThat(mesh.server("b:1").inFlight()).isZero();
  }

  @Test
  void hedgesDoNotLowerTheirOwnP95() {
    Random random = new Random(1);
    LatencyQuantile p95 = new LatencyQuantile(0.95);
    int hedged = 0;

    for (int i = 0; i < 100_000; i++) {
      long first = latency(random);
      long second = latency(random);
      long after = p95.settledNanos();
      if (after == 0 || first <= after) {
        p95.add(first);
        continue;
      }
      hedged++;
      p95.add(Math.min(first, after + second));
      if (first > after + second) {
        p95.addAtLeast(after + second);
      }
    }

    assertThat(hedged / 100_000.0).isBetween(0.03, 0.08);
  }

  /** One in ten takes 20 times as long. */
  private static long latency(Random random) {
    return (random.nextInt(10) == 0 ? 100 : 5) * (900_000L + random.nextInt(200_000));
  }

  @Test
  void aSlowFirstCallIsNotRememberedForLong() {
    LatencyQuantile p95 = new LatencyQuantile(0.95);
    p95.add(500_000_000);

    for (int i = 0; i < 100; i++) {
      p95.add(4_000_000 + i);
    }

    assertThat(p95.settledNanos()).isBetween(4_000_000L, 5_000_000L);
  }
}
