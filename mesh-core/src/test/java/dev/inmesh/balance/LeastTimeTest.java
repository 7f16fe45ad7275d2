package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LeastTimeTest extends BalancerContract {

  private static final long MS = 1_000_000;

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.leastTime(servers, random);
  }

  private static void answered(FakeServer server, long start, long latency) {
    ServiceTime.Running attempt = new ServiceTime.Running() {};
    server.serviceTime().started(attempt, start);
    server.serviceTime().ended(attempt, latency, start + latency);
  }

  @Test
  void theServerThatTakesTheLeastTimeIsPicked() {
    FakeServer[] servers = FakeServer.ofWeights(1, 1, 1);
    answered(servers[0], 0, 10 * MS);
    answered(servers[1], 0, MS);
    answered(servers[2], 0, 2 * MS);

    assertThat(over(servers).pick(ANY)).isSameAs(servers[1]);
  }

  @Test
  void whatIsInFlightCounts() {
    FakeServer[] servers = FakeServer.ofWeights(1, 1);
    answered(servers[0], 0, 10 * MS);
    answered(servers[1], 0, 4 * MS);
    servers[1].serviceTime().started(new ServiceTime.Running() {}, 0);
    assertThat(over(servers).pick(ANY)).isSameAs(servers[1]);

    servers[1].serviceTime().started(new ServiceTime.Running() {}, 0);

    assertThat(over(servers).pick(ANY)).isSameAs(servers[0]);
  }

  @Test
  void theOldestAttemptSpeaksBeforeItEnds() {
    ServiceTime time = new ServiceTime(0);
    ServiceTime.Running first = new ServiceTime.Running() {};
    time.started(first, 0);
    time.ended(first, MS, MS);
    time.started(new ServiceTime.Running() {}, 2 * MS);

    assertThat(time.score(2 * MS)).isEqualTo(2.0 * MS);
    assertThat(time.score(102 * MS)).isEqualTo(200.0 * MS);
    assertThat(time.oldestAge(102 * MS)).isEqualTo(100 * MS);
  }

  @Test
  void aServerWithoutAnAnswerGetsOneAttemptAtATime() {
    FakeServer[] servers = FakeServer.ofWeights(1, 1);
    answered(servers[0], 0, 1_000 * MS);
    assertThat(over(servers).pick(ANY)).isSameAs(servers[1]);

    servers[1].serviceTime().started(new ServiceTime.Running() {}, 0);

    assertThat(over(servers).pick(ANY)).isSameAs(servers[0]);
  }

  @Test
  void anIdleServerMovesTowardTheMedian() {
    ServiceTime time = new ServiceTime(0);
    ServiceTime.Running attempt = new ServiceTime.Running() {};
    time.started(attempt, 0);
    time.ended(attempt, 100 * MS, 100 * MS);

    time.refresh(10 * MS, 100 * MS);
    assertThat(time.perAttempt()).isBetween(99.0 * MS, 100.0 * MS);
    time.refresh(10 * MS, 100_000 * MS);

    assertThat(time.perAttempt()).isBetween(10.0 * MS, 10.1 * MS);
  }

  @Test
  void attemptsLeaveInAnyOrderAndNothingStays() {
    ServiceTime time = new ServiceTime(0);
    ServiceTime.Running[] attempts = new ServiceTime.Running[100];
    for (int i = 0; i < 100; i++) {
      attempts[i] = new ServiceTime.Running() {};
      time.started(attempts[i], i);
    }
    assertThat(time.oldestAge(1_000)).isEqualTo(1_000);

    for (int i = 0; i < 100; i++) {
      time.ended(attempts[(i * 37) % 100], ServiceTime.SAYS_NOTHING, 1_000);
      if (i == 0) {
        assertThat(time.oldestAge(1_000)).isEqualTo(999);
      }
    }

    assertThat(time.oldestAge(1_000)).isZero();
    assertThat(time.perAttempt()).isZero();
  }
}
