package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.event.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class DrainTest {

  @Test
  void aDrainIsDoneWhenNothingIsInFlight() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      leases.add(mesh.plan().first(mesh.now()));
    }

    CompletableFuture<Void> drained = mesh.engine().drain("a:1", mesh.now());
    assertThat(drained).isNotDone();
    assertThat(mesh.state("a:1")).isEqualTo(ServerView.State.DRAINING);
    leases.stream().filter(l -> l.address().equals("b:1")).forEach(l -> l.success(mesh.now()));
    assertThat(drained).isNotDone();
    leases.forEach(l -> l.success(mesh.now()));

    assertThat(drained).isCompleted();
    assertThat(mesh.state("a:1")).isEqualTo(ServerView.State.DRAINED);
    for (int i = 0; i < 50; i++) {
      assertThat(mesh.succeed()).isEqualTo("b:1");
    }
  }

  @Test
  void aRestoredServerIsUsedAgainAndItsDrainIsCancelled() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1");
    Lease lease = mesh.plan().first(mesh.now());
    CompletableFuture<Void> drained = mesh.engine().drain("a:1", mesh.now());

    mesh.engine().restore("a:1", mesh.now());

    assertThat(drained).isCompletedExceptionally();
    lease.success(mesh.now());
    assertThat(mesh.succeed()).isEqualTo("a:1");
  }

  @Test
  void aDrainSurvivesAReload() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");
    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();

    mesh.reload("servers", "a:1 weight=9, b:1, c:1");

    assertThat(mesh.state("a:1")).isEqualTo(ServerView.State.DRAINED);
  }

  @Test
  void aServerThatIsDrainedInTheListGetsNoNewAttemptUntilTheListSaysOtherwise() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1");

    mesh.reload("servers", "a:1 drain, b:1");

    for (int i = 0; i < 50; i++) {
      assertThat(mesh.succeed()).isEqualTo("b:1");
    }
    mesh.reload("servers", "a:1, b:1 drain");
    for (int i = 0; i < 50; i++) {
      assertThat(mesh.succeed()).isEqualTo("a:1");
    }
  }

  @Test
  void anUnknownServerIsNamedWithThoseThatAreKnown() {
    EngineHarness mesh = new EngineHarness("a:1, b:1");

    assertThatThrownBy(() -> mesh.engine().drain("c:1", mesh.now()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("u: no server c:1; known are a:1, b:1");
    assertThatThrownBy(() -> mesh.engine().restore("c:1", mesh.now()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDrainHoldsForAllRoutes() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1", "route.r.match", "GET /r");
    CallPlan plan = mesh.plan("GET", "/r");
    Lease lease = plan.first(mesh.now());

    CompletableFuture<Void> drained = mesh.engine().drain(lease.address(), mesh.now());

    assertThat(drained).isNotDone();
    lease.success(mesh.now());
    plan.end(Outcome.SUCCESS, true, false, mesh.now());
    assertThat(drained).isDone();
    for (int i = 0; i < 20; i++) {
      CallPlan next = mesh.plan("GET", "/r");
      Lease other = next.first(mesh.now());
      assertThat(other.address()).isNotEqualTo(lease.address());
      other.success(mesh.now());
      next.end(Outcome.SUCCESS, true, false, mesh.now());
    }
  }
}
