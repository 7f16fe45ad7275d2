package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.call.NoServerException;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TiersTest {

  private static Set<String> used(EngineHarness mesh) throws Exception {
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      used.add(mesh.succeed());
    }
    return used;
  }

  @Test
  void backupsAreUsedOnlyWhenNoOtherServerCanBe() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1, b:1, c:1 backup, d:1 backup");
    assertThat(used(mesh)).containsExactlyInAnyOrder("a:1", "b:1");

    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();
    assertThat(used(mesh)).containsExactly("b:1");
    mesh.failOn("b:1", Failure.REFUSED, 3);

    assertThat(used(mesh)).containsExactlyInAnyOrder("c:1", "d:1");
  }

  @Test
  void aServerThatIsDownIsNeverUsed() throws Exception {
    assertThat(used(new EngineHarness("a:1, b:1 down"))).containsExactly("a:1");
    assertThatThrownBy(() -> new EngineHarness("a:1 down, b:1 down").succeed())
        .isInstanceOf(NoServerException.class)
        .hasMessageContaining("2 known, 2 down");
  }

  @Test
  void maxConnsIsNeverExceededAndTheRestGoesElsewhere() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1 max_conns=2 weight=100, b:1 max_conns=1");
    List<Lease> leases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      leases.add(mesh.plan().first(mesh.now()));
    }

    assertThat(leases.stream().map(Lease::address)).containsExactlyInAnyOrder("a:1", "a:1", "b:1");
    CallPlan plan = mesh.plan();
    assertThatThrownBy(() -> plan.first(mesh.now()))
        .isInstanceOf(NoServerException.class)
        .hasMessageContaining("2 busy or tried");
    leases.get(0).success(mesh.now());
    assertThat(mesh.plan().first(mesh.now()).address()).isEqualTo(leases.get(0).address());
  }

  @Test
  void aServerOutsideTheRegionFenceIsNeverUsedWhateverHappens() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1 region=no, b:1 region=se, c:1, d:1 region=no backup", "region-fence", "no");
    assertThat(used(mesh)).containsExactly("a:1");

    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();
    assertThat(used(mesh)).containsExactly("d:1");
    assertThat(mesh.engine().drain("d:1", mesh.now())).isDone();

    assertThatThrownBy(mesh::succeed)
        .isInstanceOf(NoServerException.class)
        .hasMessageContaining("2 fenced");
    assertThat(mesh.server("b:1").reason()).isEqualTo("region se is outside the fence");
    assertThat(mesh.server("c:1").reason()).isEqualTo("no region");
  }

  @Test
  void thePreferredZoneIsUsedWhileHalfOfItsWeightIsEligible() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1 zone=z1, b:1 zone=z1, c:1 zone=z2, d:1 zone=z2", "prefer-zone", "z1");
    assertThat(used(mesh)).containsExactlyInAnyOrder("a:1", "b:1");

    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();
    assertThat(used(mesh)).containsExactly("b:1");
    assertThat(mesh.engine().drain("b:1", mesh.now())).isDone();

    assertThat(used(mesh)).containsExactlyInAnyOrder("c:1", "d:1");
  }

  @Test
  void aZoneThatLostMoreThanHalfOfItsWeightSharesWithTheOthers() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1 zone=z1 weight=3, b:1 zone=z1, c:1 zone=z2", "prefer-zone", "z1");

    assertThat(mesh.engine().drain("a:1", mesh.now())).isDone();

    assertThat(used(mesh)).containsExactlyInAnyOrder("b:1", "c:1");
  }

  @Test
  void aZoneOfTheProcessItselfCanBePreferred() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1 zone=z1, b:1 zone=z2", "prefer-zone", "own", "mesh.zone", "z2");

    assertThat(used(mesh)).containsExactly("b:1");
  }

  @Test
  void aRetryGoesToAServerNotTriedYetWhileOthersAreLeft() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1, c:1 backup", "retry.tries", "10", "retry.on", "error", "budget", "100%");
    CallPlan plan = mesh.plan();
    List<String> order = new ArrayList<>();
    Lease lease = plan.first(mesh.now());
    while (lease != null && order.size() < 5) {
      order.add(lease.address());
      lease.failure(Failure.ERROR, 0, mesh.now());
      lease = plan.mayRetry(Failure.ERROR, 0, true, mesh.now()) ? plan.another(mesh.now()) : null;
    }

    assertThat(order).hasSize(5);
    assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(order.get(2)).isEqualTo("c:1");
  }

  @Test
  void eachRouteJudgesItsServersForItself() throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1", "route.stock.match", "GET /stock/*", "route.stock.max-requests", "7");
    for (int i = 0; i < 50; i++) {
      CallPlan plan = mesh.plan("GET", "/stock/1");
      Lease lease = plan.first(mesh.now());
      if (lease.address().equals("a:1")) {
        lease.failure(Failure.STATUS, 500, mesh.now());
      } else {
        lease.success(mesh.now());
      }
      plan.end(Outcome.IGNORED, false, false, mesh.now());
    }

    for (int i = 0; i < 50; i++) {
      CallPlan plan = mesh.plan("GET", "/stock/1");
      Lease lease = plan.first(mesh.now());
      assertThat(lease.address()).isEqualTo("b:1");
      lease.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }
    assertThat(used(mesh)).containsExactlyInAnyOrder("a:1", "b:1");
    assertThat(mesh.engine().settings("GET", "/stock/9").maxRequests()).isEqualTo(7);
    assertThat(mesh.engine().settings("POST", "/stock/9").maxRequests()).isEqualTo(1024);
  }
}
