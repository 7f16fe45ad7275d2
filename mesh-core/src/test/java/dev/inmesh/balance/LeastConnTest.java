package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LeastConnTest extends BalancerContract {

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.leastConn(servers, random);
  }

  @Test
  void aBusyServerGetsNothingWhileOthersAreFree() {
    for (int n : new int[] {2, 3, 16, 17, 200}) {
      int[] weights = new int[n];
      Arrays.fill(weights, 1);
      FakeServer[] servers = FakeServer.ofWeights(weights);
      servers[0].inFlight.set(1);
      Balancer<FakeServer> balancer = over(servers);

      for (int i = 0; i < 10_000; i++) {
        assertThat(balancer.pick(ANY)).isNotSameAs(servers[0]);
      }
    }
  }

  @Test
  void theLeastLoadForItsWeightIsPickedAmongSixteen() {
    Random random = new Random(9);
    for (int round = 0; round < 5_000; round++) {
      FakeServer[] servers =
          FakeServer.ofWeights(random.ints(1 + random.nextInt(16), 1, 6).toArray());
      for (FakeServer server : servers) {
        server.inFlight.set(random.nextInt(6));
      }

      FakeServer picked = pickFrom(over(servers, seeded(round)));

      double least =
          Arrays.stream(servers)
              .mapToDouble(s -> s.inFlight() / (double) s.weight())
              .min()
              .getAsDouble();
      assertThat(picked.inFlight() / (double) picked.weight()).isEqualTo(least);
    }
  }

  @Test
  void tiesAreSharedByWeightAlsoWhenTheyAreNotAllServers() {
    FakeServer[] servers = FakeServer.ofWeights(4, 3, 1);
    servers[0].inFlight.set(4);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 100_000; i++) {
      pickFrom(balancer).picked.incrementAndGet();
    }

    assertThat(servers[0].picked.get()).isZero();
    assertThat(servers[1].picked.get()).isBetween(73_500, 76_500);
  }
}
