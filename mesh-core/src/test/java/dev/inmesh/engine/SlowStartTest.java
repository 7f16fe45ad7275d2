package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SlowStartTest {

  /** Of 1,000 calls, those that go to the server. */
  private static int share(EngineHarness mesh, String address) throws Exception {
    int share = 0;
    for (int i = 0; i < 1_000; i++) {
      if (mesh.succeed().equals(address)) {
        share++;
      }
    }
    return share;
  }

  @Test
  void aServerThatJoinsGetsItsShareLittleByLittle() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "balancer", "round_robin", "slow-start", "16s");
    mesh.reload("servers", "a:1, b:1");

    assertThat(share(mesh, "b:1")).isBetween(50, 70);
    mesh.pass(Duration.ofSeconds(8));
    assertThat(share(mesh, "b:1")).isBetween(320, 350);
    mesh.pass(Duration.ofSeconds(9));

    assertThat(share(mesh, "b:1")).isEqualTo(500);
  }

  @Test
  void serversOfTheFirstListStartAtOnce() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1, b:1", "balancer", "round_robin", "slow-start", "16s");

    assertThat(share(mesh, "b:1")).isEqualTo(500);
  }

  @Test
  void aServerThatComesBackFromAnEjectionStartsSlowly() throws Exception {
    EngineHarness mesh =
        new EngineHarness("a:1, b:1", "balancer", "round_robin", "slow-start", "16s");
    mesh.failOn("b:1", Failure.REFUSED, 3);
    mesh.pass(mesh.server("b:1").timeLeft());
    while (mesh.state("b:1") == ServerView.State.EJECTED) {
      mesh.succeed();
    }

    assertThat(share(mesh, "b:1")).isBetween(50, 70);
    mesh.pass(Duration.ofSeconds(17));
    assertThat(share(mesh, "b:1")).isEqualTo(500);
  }

  @Test
  void withoutTheKeyNobodyStartsSlowly() throws Exception {
    EngineHarness mesh = new EngineHarness("a:1", "balancer", "round_robin");
    mesh.reload("servers", "a:1, b:1");

    assertThat(share(mesh, "b:1")).isEqualTo(500);
  }
}
