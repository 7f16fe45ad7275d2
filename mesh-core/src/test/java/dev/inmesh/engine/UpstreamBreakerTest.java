package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.BreakerOpenException;
import dev.inmesh.call.LimitExceededException;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class UpstreamBreakerTest {

  private static EngineHarness open() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    for (int i = 0; i < 10; i++) {
      mesh.fail(Failure.STATUS);
    }
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.OPEN);
    return mesh;
  }

  private static EngineHarness halfOpen() throws Exception {
    EngineHarness mesh = open();
    mesh.pass(Duration.ofSeconds(1));
    return mesh;
  }

  @Test
  void halfOfTheLastTwentyCallsOpensIt() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    for (int i = 0; i < 11; i++) {
      mesh.succeed();
    }
    for (int i = 0; i < 9; i++) {
      mesh.fail(Failure.STATUS);
    }
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);

    mesh.fail(Failure.STATUS);

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.OPEN);
    assertThatThrownBy(mesh::succeed)
        .isInstanceOf(BreakerOpenException.class)
        .hasMessageStartingWith("u: the breaker is open, calls pass again in 1000 ms");
    assertThat(mesh.events.count("rejected breaker")).isOne();
    assertThat(mesh.engine().active()).isZero();
  }

  @Test
  void itHalfOpensByTheEnginesClockAndClosesAfterGoodCalls() throws Exception {
    EngineHarness mesh = open();
    mesh.pass(Duration.ofMillis(999));
    assertThatThrownBy(mesh::succeed).isInstanceOf(BreakerOpenException.class);
    mesh.pass(Duration.ofMillis(1));

    mesh.succeed();
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.HALF_OPEN);
    mesh.succeed();

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void failuresInHalfOpenOpenItAgain() throws Exception {
    EngineHarness mesh = halfOpen();

    mesh.fail(Failure.STATUS);
    mesh.fail(Failure.STATUS);

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.OPEN);
    assertThatThrownBy(mesh::succeed).isInstanceOf(BreakerOpenException.class);
  }

  @Test
  void onlyThreeCallsAtOncePassWhileHalfOpen() throws Exception {
    EngineHarness mesh = halfOpen();

    CallPlan first = mesh.plan();
    mesh.plan();
    mesh.plan();

    assertThatThrownBy(mesh::plan).isInstanceOf(BreakerOpenException.class);
    first.end(Outcome.IGNORED, false, false, mesh.now());
    assertThat(mesh.plan()).isNotNull();
  }

  @Test
  void tenThousandCancelledHalfOpenCallsLeakNoPermit() throws Exception {
    EngineHarness mesh = halfOpen();
    Random random = new Random(4);
    List<CallPlan> running = new ArrayList<>();

    for (int i = 0; i < 10_000; ) {
      if (running.size() < 3 && (running.isEmpty() || random.nextBoolean())) {
        running.add(mesh.plan());
      } else {
        running
            .remove(random.nextInt(running.size()))
            .end(Outcome.IGNORED, false, false, mesh.now());
        i++;
      }
    }
    running.forEach(plan -> plan.end(Outcome.IGNORED, false, false, mesh.now()));
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.HALF_OPEN);
    mesh.succeed();
    mesh.succeed();

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
    assertThat(mesh.engine().active()).isZero();
  }

  @Test
  void aResultFromBeforeItOpenedSaysNothingWhileHalfOpen() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    List<CallPlan> old = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      old.add(mesh.plan());
    }
    for (int i = 0; i < 10; i++) {
      mesh.fail(Failure.STATUS);
    }
    mesh.pass(Duration.ofSeconds(1));
    CallPlan probe = mesh.plan();
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.HALF_OPEN);

    old.forEach(plan -> plan.end(Outcome.SUCCESS, true, false, mesh.now()));
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.HALF_OPEN);
    mesh.plan();
    mesh.plan();
    assertThatThrownBy(mesh::plan).isInstanceOf(BreakerOpenException.class);

    probe.end(Outcome.SUCCESS, true, false, mesh.now());
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.HALF_OPEN);
  }

  @Test
  void answersThatAreTheCallersFaultCloseAHalfOpenBreaker() throws Exception {
    EngineHarness mesh = halfOpen();

    for (int i = 0; i < 2; i++) {
      mesh.plan().end(Outcome.IGNORED, true, false, mesh.now());
    }

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void aCallRefusedByTheLimitGivesItsPermitBack() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "max-requests", "1");
    for (int i = 0; i < 10; i++) {
      mesh.fail(Failure.STATUS);
    }
    mesh.pass(Duration.ofSeconds(1));
    CallPlan running = mesh.plan();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(mesh::plan)
          .isInstanceOf(LimitExceededException.class)
          .hasMessageStartingWith("u: max-requests=1 calls are in flight");
    }
    running.end(Outcome.SUCCESS, true, false, mesh.now());
    mesh.succeed();

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void aReloadOfItsKeysKeepsItOpen() throws Exception {
    EngineHarness mesh = open();

    mesh.reload("breaker.window", "50");

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.OPEN);
    mesh.pass(Duration.ofSeconds(1));
    mesh.succeed();
    mesh.succeed();
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void turnedOffItClosesAndStaysClosed() throws Exception {
    EngineHarness mesh = open();

    mesh.reload("breaker.enabled", "false");
    for (int i = 0; i < 100; i++) {
      mesh.fail(Failure.STATUS);
    }

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
  }

  @Test
  void theRestOfItsKeysDecideWhenItOpens() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1",
            "breaker.window",
            "4",
            "breaker.failure-rate",
            "25%",
            "breaker.half-open-calls",
            "1",
            "breaker.open-duration",
            "3s");

    mesh.fail(Failure.STATUS);
    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.OPEN);
    mesh.pass(Duration.ofMillis(2_990));
    assertThatThrownBy(mesh::succeed).isInstanceOf(BreakerOpenException.class);
    mesh.pass(Duration.ofMillis(10));
    mesh.succeed();

    assertThat(mesh.engine().breakerState()).isEqualTo(BreakerState.CLOSED);
    assertThat(mesh.events.heard).contains("breaker open", "breaker half_open", "breaker closed");
  }
}
