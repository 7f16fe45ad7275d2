package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LeastTimeTest extends BalancerContract {

  private static final long MS = 1_000_000;

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.leastTime(Candidates.of(servers), random);
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
  void theLeastTimeForItsWeightIsPickedOfThoseThatMayBeUsed() {
    Random random = new Random(4);
    for (int round = 0; round < 3_000; round++) {
      FakeServer[] servers =
          FakeServer.ofWeights(random.ints(2 + random.nextInt(15), 1, 9).toArray());
      for (FakeServer server : servers) {
        answered(server, 0, MS + random.nextInt(5_000_000));
        for (int i = random.nextInt(4); i > 0; i--) {
          server.serviceTime().started(new ServiceTime.Running() {}, random.nextInt(5_000_000));
        }
      }
      List<FakeServer> usable = new ArrayList<>(List.of(servers));
      if (round % 2 == 0) {
        usable.remove(random.nextInt(usable.size()));
      }

      FakeServer picked = over(servers, seeded(round)).pick(attempt(usable::contains));

      double least = usable.stream().mapToDouble(LeastTimeTest::score).min().getAsDouble();
      assertThat(usable).contains(picked);
      // Divided here, multiplied there: but for rounding.
      assertThat(score(Objects.requireNonNull(picked)) / least)
          .as("round %d", round)
          .isBetween(1.0, 1.000001);
    }
  }

  private static double score(FakeServer server) {
    return server.serviceTime().score(0) / server.weight();
  }

  @Test
  void amongManyASlowOneIsHardlyEverPicked() {
    FakeServer[] servers = FakeServer.ofWeights(new Random(3).ints(801, 1, 2).toArray());
    for (int i = 0; i < servers.length; i++) {
      answered(servers[i], 0, i % 2 == 0 ? MS + i : 100 * MS);
    }
    Balancer<FakeServer> balancer = over(servers);
    int slow = 0;

    for (int i = 0; i < 100_000; i++) {
      slow += pickFrom(balancer).serviceTime().perAttempt() > 50 * MS ? 1 : 0;
    }

    // All eight of the sample: 1 in 256.
    assertThat(slow).isBetween(200, 600);
  }

  @Test
  void amongManyWithoutAnAnswerTheWeightDecides() {
    int[] weights = new int[200];
    Arrays.fill(weights, 1);
    weights[7] = 200;
    FakeServer[] servers = FakeServer.ofWeights(weights);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 50_000; i++) {
      pickFrom(balancer).picked.incrementAndGet();
    }

    assertThat(servers[7].picked.get()).isBetween(24_000, 26_300);
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
