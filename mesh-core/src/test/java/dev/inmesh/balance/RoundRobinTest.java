package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RoundRobinTest extends BalancerContract {

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.roundRobin(Candidates.of(servers), random);
  }

  @Test
  void weightsFiveOneOneAreExactInEverySevenAndNeverFiveInARow() {
    FakeServer[] servers = FakeServer.ofWeights(5, 1, 1);
    Balancer<FakeServer> balancer = over(servers);
    List<FakeServer> picks = new ArrayList<>();
    for (int i = 0; i < 7_000; i++) {
      picks.add(balancer.pick(ANY));
    }

    int run = 0;
    for (int i = 0; i < picks.size(); i++) {
      run = picks.get(i) == servers[0] ? run + 1 : 0;
      assertThat(run).isLessThan(5);
      if (i >= 6) {
        List<FakeServer> seven = picks.subList(i - 6, i + 1);
        assertThat(seven.stream().filter(s -> s == servers[0]).count()).isEqualTo(5);
        assertThat(seven.stream().filter(s -> s == servers[1]).count()).isEqualTo(1);
      }
    }
  }

  @Test
  void onePeriodIsExactForAnyWeights() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      FakeServer[] servers =
          FakeServer.ofWeights(random.ints(2 + random.nextInt(6), 1, 40).toArray());
      int total = 0;
      for (FakeServer server : servers) {
        total += server.weight();
      }
      Balancer<FakeServer> balancer = over(servers);
      Map<FakeServer, Integer> counts = new HashMap<>();

      for (int i = 0; i < total; i++) {
        counts.merge(balancer.pick(ANY), 1, Integer::sum);
      }

      for (FakeServer server : servers) {
        assertThat(counts.get(server)).isEqualTo(server.weight());
      }
    }
  }

  @Test
  void aPeriodTooLongForATableKeepsTheShares() {
    FakeServer[] servers = FakeServer.ofWeights(65_535, 32_768, 1);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 200_000; i++) {
      pickFrom(balancer).picked.incrementAndGet();
    }

    assertThat(servers[0].picked.get() / 200_000.0).isBetween(0.64, 0.69);
    assertThat(servers[1].picked.get() / 200_000.0).isBetween(0.31, 0.36);
  }
}
