package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every balancer promises; each one's test class takes it on. */
abstract class BalancerContract {

  static final Attempt<FakeServer> ANY = attempt(server -> true);

  /** An attempt that may use these servers, at instant 0, each with a key of its own. */
  static Attempt<FakeServer> attempt(Predicate<FakeServer> mayUse) {
    AtomicLong key = new AtomicLong();
    return new Attempt<>() {
      @Override
      public boolean mayUse(FakeServer server) {
        return mayUse.test(server);
      }

      @Override
      public long nowNanos() {
        return 0;
      }

      @Override
      public long keyHash() {
        return key.incrementAndGet();
      }

      @Override
      public int callsInFlight() {
        return 0;
      }
    };
  }

  abstract Balancer<FakeServer> over(FakeServer[] servers, RandomSource random);

  static RandomSource seeded(long seed) {
    Random random = new Random(seed);
    return () -> {
      synchronized (random) {
        return random.nextLong();
      }
    };
  }

  final Balancer<FakeServer> over(FakeServer... servers) {
    return over(servers, seeded(1));
  }

  static FakeServer pickFrom(Balancer<FakeServer> balancer) {
    return Objects.requireNonNull(balancer.pick(ANY));
  }

  @Test
  void theOnlyServerIsAlwaysPicked() {
    FakeServer[] one = FakeServer.ofWeights(7);

    Balancer<FakeServer> balancer = over(one);

    IntStream.range(0, 10).forEach(i -> assertThat(balancer.pick(ANY)).isSameAs(one[0]));
  }

  @Test
  void nobodyIsPickedWhenTheAttemptMayUseNobody() {
    for (int n : new int[] {1, 2, 3, 16, 17, 100}) {
      int[] weights = new int[n];
      Arrays.fill(weights, 1);

      assertThat(over(FakeServer.ofWeights(weights)).pick(attempt(server -> false))).isNull();
    }
  }

  @Test
  void onlyAServerThatTheAttemptMayUseIsPickedAndAlwaysOneIfThereIsOne() {
    Random random = new Random(42);
    for (int round = 0; round < 2_000; round++) {
      int n = 1 + random.nextInt(40);
      FakeServer[] servers =
          FakeServer.ofWeights(random.ints(n, 1, 1 + (1 << random.nextInt(10))).toArray());
      Set<FakeServer> usable = new HashSet<>();
      for (FakeServer server : servers) {
        server.inFlight.set(random.nextInt(5));
        if (random.nextInt(3) == 0) {
          usable.add(server);
        }
      }
      Balancer<FakeServer> balancer = over(servers, seeded(round));

      FakeServer picked = balancer.pick(attempt(usable::contains));

      if (usable.isEmpty()) {
        assertThat(picked).isNull();
      } else {
        assertThat(usable).contains(picked);
      }
    }
  }

  @Test
  void sharesFollowTheWeightsWithinTwoPercentWhenNothingIsInFlight() {
    Random random = new Random(7);
    for (int round = 0; round < 8; round++) {
      FakeServer[] servers =
          FakeServer.ofWeights(random.ints(2 + random.nextInt(8), 1, 9).toArray());
      long total = Arrays.stream(servers).mapToLong(FakeServer::weight).sum();
      Balancer<FakeServer> balancer = over(servers, seeded(round));
      int picks = 200_000;

      for (int i = 0; i < picks; i++) {
        pickFrom(balancer).picked.incrementAndGet();
      }

      for (FakeServer server : servers) {
        double share = server.picked.get() / (double) picks;
        assertThat(share)
            .as("%s of %d", server, total)
            .isBetween(
                server.weight() / (double) total - 0.02, server.weight() / (double) total + 0.02);
      }
    }
  }

  @Test
  void nobodyStarvesAlsoWithWeightsOfAHundredToOne() {
    int[] weights = new int[20];
    Arrays.fill(weights, 1);
    weights[3] = 100;
    FakeServer[] servers = FakeServer.ofWeights(weights);
    Balancer<FakeServer> balancer = over(servers);

    for (int i = 0; i < 20_000; i++) {
      pickFrom(balancer).picked.incrementAndGet();
    }

    assertThat(servers).allSatisfy(server -> assertThat(server.picked.get()).isPositive());
  }

  @Test
  void theSameSeedGivesTheSamePicks() {
    assertThat(picks(5)).isEqualTo(picks(5));
  }

  private List<String> picks(long seed) {
    FakeServer[] servers = FakeServer.ofWeights(3, 1, 2, 2, 9);
    Balancer<FakeServer> balancer = over(servers, seeded(seed));
    Attempt<FakeServer> any = attempt(server -> true);
    Random load = new Random(seed);
    List<String> picks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      servers[load.nextInt(5)].inFlight.set(load.nextInt(4));
      picks.add(Objects.requireNonNull(balancer.pick(any)).name);
    }
    return picks;
  }

  @Test
  void eightThreadsAtOnceKeepTheWeights() throws Exception {
    FakeServer[] servers = FakeServer.ofWeights(5, 1, 1);
    Balancer<FakeServer> balancer = over(servers, RandomSource.perThread());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 8_750; i++) {
                  pickFrom(balancer).picked.incrementAndGet();
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(servers[0].picked.get()).isBetween(49_300, 50_700);
    assertThat(servers[1].picked.get()).isBetween(9_300, 10_700);
    assertThat(servers[2].picked.get()).isBetween(9_300, 10_700);
  }
}
