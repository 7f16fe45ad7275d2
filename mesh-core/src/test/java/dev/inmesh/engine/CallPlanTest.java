package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Phase;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallPlanTest {

  private static boolean mayRetry(
      EngineHarness mesh, String method, Failure failure, int status, boolean sent)
      throws Exception {
    CallPlan plan = mesh.plan(method, "/");
    plan.first(mesh.now()).ignored(false, mesh.now());
    boolean may = plan.mayRetry(failure, status, sent, mesh.now());
    Lease another = may ? plan.another(mesh.now()) : null;
    if (another != null) {
      another.ignored(false, mesh.now());
    }
    plan.end(Outcome.IGNORED, false, false, mesh.now());
    return may;
  }

  @ParameterizedTest
  @CsvSource({
    "connect, REFUSED, 0",
    "connect, CONNECT, 0",
    "connect, CONNECT_TIMEOUT, 0",
    "error, ERROR, 0",
    "timeout, TIMEOUT, 0",
    "http_403, STATUS, 403",
    "http_404, STATUS, 404",
    "http_429, STATUS, 429",
    "http_500, STATUS, 500",
    "http_502, STATUS, 502",
    "http_503, STATUS, 503",
    "http_504, STATUS, 504"
  })
  void eachConditionOfRetryOnAllowsWhatItNamesAndNothingElse(
      String condition, Failure failure, int status) throws Exception {
    EngineHarness with = new EngineHarness("a:1, b:1", "retry.on", condition);
    EngineHarness without = new EngineHarness("a:1, b:1", "retry.on", "off");

    assertThat(mayRetry(with, "GET", failure, status, true)).isTrue();
    assertThat(mayRetry(without, "GET", failure, status, true)).isFalse();
    assertThat(mayRetry(with, "GET", Failure.STATUS, 418, true)).isFalse();
  }

  @Test
  void onlyWhatMayBeSentTwiceIsSentAgainOnceAByteHasLeft() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "retry.on", "connect,error");

    assertThat(mayRetry(mesh, "POST", Failure.ERROR, 0, true)).isFalse();
    assertThat(mayRetry(mesh, "POST", Failure.ERROR, 0, false)).isTrue();
    assertThat(mayRetry(mesh, "PUT", Failure.ERROR, 0, true)).isTrue();
  }

  @Test
  void nonIdempotentLiftsTheRuleButNotForABodyThatIsGone() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "retry.on", "error,non_idempotent");
    assertThat(mayRetry(mesh, "POST", Failure.ERROR, 0, true)).isTrue();

    CallPlan oneShot =
        mesh.engine()
            .plan(
                new CallInfo("POST", "/", mesh.now(), 0, Long.MAX_VALUE, false, false, false),
                mesh.now());
    oneShot.first(mesh.now());

    assertThat(oneShot.mayRetry(Failure.ERROR, 0, true, mesh.now())).isFalse();
  }

  @Test
  void triesCountTheFirstAttempt() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "retry.tries", "3");
    CallPlan plan = mesh.plan();
    plan.first(mesh.now());

    assertThat(plan.mayRetry(Failure.REFUSED, 0, false, mesh.now())).isTrue();
    assertThat(plan.another(mesh.now())).isNotNull();
    assertThat(plan.mayRetry(Failure.REFUSED, 0, false, mesh.now())).isTrue();
    assertThat(plan.another(mesh.now())).isNotNull();
    assertThat(plan.mayRetry(Failure.REFUSED, 0, false, mesh.now())).isFalse();
    assertThat(plan.attempts()).isEqualTo(3);
  }

  @Test
  void noRetryWithLessTimeLeftThanTheMedianTakes() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "timeout", "100ms");
    for (int i = 0; i < 50; i++) {
      CallPlan plan = mesh.plan();
      Lease lease = plan.first(mesh.now());
      mesh.pass(Duration.ofMillis(40));
      lease.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }
    CallPlan plan = mesh.plan();
    plan.first(mesh.now());

    mesh.pass(Duration.ofMillis(59));
    assertThat(plan.mayRetry(Failure.REFUSED, 0, false, mesh.now())).isTrue();
    mesh.pass(Duration.ofMillis(2));

    assertThat(plan.mayRetry(Failure.REFUSED, 0, false, mesh.now())).isFalse();
  }

  @Test
  void attemptsOfAllCallsShareOneBudget() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "budget", "10%", "budget.min", "0");
    int retries = 0;
    for (int i = 0; i < 1_000; i++) {
      if (mayRetry(mesh, "GET", Failure.REFUSED, 0, false)) {
        retries++;
      }
      mesh.pass(Duration.ofMillis(5));
    }

    // Five to start with, and one for ten first attempts.
    assertThat(retries).isBetween(103, 105);
    assertThat(mesh.events.count("retried")).isEqualTo(retries);
    assertThat(mesh.events.count("rejected budget")).isEqualTo(1_000 - retries);
  }

  @Test
  void theDeadlineIsTheTimeoutOrTheCallersOwnLimit() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "timeout", "300ms", "timeout.attempt", "100ms");
    CallPlan plan = mesh.plan();
    assertThat(plan.deadlineNanos() - mesh.now()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
    assertThat(plan.attemptDeadlineNanos(mesh.now()) - mesh.now())
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));

    CallPlan limited =
        mesh.engine()
            .plan(
                new CallInfo(
                    "GET",
                    "/",
                    mesh.now(),
                    0,
                    TimeUnit.MILLISECONDS.toNanos(50),
                    true,
                    true,
                    false),
                mesh.now());

    assertThat(limited.deadlineNanos() - mesh.now()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
    assertThat(limited.attemptDeadlineNanos(mesh.now())).isEqualTo(limited.deadlineNanos());
  }

  @Test
  void aFallbackInCodeHasTheLastFivePercent() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "timeout", "200ms");

    CallPlan plan =
        mesh.engine()
            .plan(
                new CallInfo("GET", "/", mesh.now(), 0, Long.MAX_VALUE, true, true, true),
                mesh.now());

    assertThat(plan.attemptDeadlineNanos(mesh.now()) - mesh.now())
        .isEqualTo(TimeUnit.MILLISECONDS.toNanos(190));
    assertThat(plan.deadlineNanos() - mesh.now()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
  }

  @Test
  void aCallThatStartsAfterItsDeadlineCostsNothing() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "timeout", "100ms");
    CallInfo info = new CallInfo("GET", "/", mesh.now(), 0, Long.MAX_VALUE, true, true, false);
    mesh.pass(Duration.ofMillis(100));

    assertThatThrownBy(() -> mesh.engine().plan(info, mesh.now()))
        .isInstanceOfSatisfying(
            CallTimeoutException.class, e -> assertThat(e.phase()).isEqualTo(Phase.WAIT))
        .hasMessageStartingWith(
            "u: no time left when the call was to start, after 100 ms (servers=1");
    assertThat(mesh.events.count("rejected deadline")).isOne();
    assertThat(mesh.engine().active()).isZero();
  }

  @Test
  void maxRequestsCountsCallsInFlight() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "max-requests", "2");
    CallPlan one = mesh.plan();
    mesh.plan();
    assertThatThrownBy(mesh::plan).hasMessageContaining("max-requests=2");

    one.end(Outcome.SUCCESS, true, false, mesh.now());

    assertThat(mesh.plan()).isNotNull();
    assertThat(mesh.events.count("rejected limit")).isOne();
  }

  @Test
  void laterEndsOfALeaseAndAPlanDoNothing() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1");
    CallPlan plan = mesh.plan();
    Lease lease = plan.first(mesh.now());

    lease.success(mesh.now());
    lease.failure(Failure.ERROR, 0, mesh.now());
    lease.ignored(false, mesh.now());
    lease.rejected(0, mesh.now());
    plan.end(Outcome.SUCCESS, true, false, mesh.now());
    plan.end(Outcome.FAILURE, true, false, mesh.now());

    assertThat(mesh.server("a:1").inFlight()).isZero();
    assertThat(mesh.engine().active()).isZero();
    assertThat(mesh.events.heard).containsOnlyOnce("attempt success", "call success");
    assertThat(mesh.events.heard).doesNotContain("attempt failure", "call failure");
  }
}
