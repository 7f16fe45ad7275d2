package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RandomTwoTest extends BalancerContract {

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.randomTwo(Candidates.of(servers), random);
  }

  @Test
  void ofTwoServersTheBusierOneIsNeverPicked() {
    FakeServer[] servers = FakeServer.ofWeights(1, 1);
    servers[0].inFlight.set(1);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 10_000; i++) {
      assertThat(balancer.pick(ANY)).isSameAs(servers[1]);
    }
  }

  @Test
  void theBusiestOfAllIsNeverPickedSinceTheTwoAreDistinct() {
    FakeServer[] servers = FakeServer.ofWeights(100, 1, 1, 1);
    servers[0].inFlight.set(1_000);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 10_000; i++) {
      assertThat(balancer.pick(ANY)).isNotSameAs(servers[0]);
    }
  }
}
