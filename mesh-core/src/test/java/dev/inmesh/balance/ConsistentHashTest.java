package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ConsistentHashTest extends BalancerContract {

  @Override
  Balancer<FakeServer> over(FakeServer[] servers, RandomSource random) {
    return Balancers.hash(Candidates.of(servers));
  }

  private static Attempt<FakeServer> withKey(long key, int callsInFlight) {
    return new Attempt<>() {
      @Override
      public boolean mayUse(FakeServer server) {
        return true;
      }

      @Override
      public long nowNanos() {
        return 0;
      }

      @Override
      public long keyHash() {
        return key;
      }

      @Override
      public int callsInFlight() {
        return callsInFlight;
      }
    };
  }

  private static FakeServer pick(Balancer<FakeServer> balancer, long key, int callsInFlight) {
    return Objects.requireNonNull(balancer.pick(withKey(key, callsInFlight)));
  }

  private static FakeServer[] equal(int n) {
    int[] weights = new int[n];
    Arrays.fill(weights, 1);
    return FakeServer.ofWeights(weights);
  }

  @Test
  void theSameKeyGoesToTheSameServer() {
    Balancer<FakeServer> balancer = over(equal(10));
    Balancer<FakeServer> inAnotherProcess = over(equal(10));

    for (long key = 0; key < 1_000; key++) {
      assertThat(pick(balancer, key, 0).name).isEqualTo(pick(inAnotherProcess, key, 0).name);
    }
  }

  @Test
  void oneServerMoreMovesAboutItsShareOfTheKeys() {
    for (int n : new int[] {2, 5, 10, 50, 200}) {
      Balancer<FakeServer> before = over(equal(n));
      Balancer<FakeServer> after = over(equal(n + 1));
      int moved = 0;
      int keys = 20_000;
      for (long key = 0; key < keys; key++) {
        if (!pick(before, key, 0).name.equals(pick(after, key, 0).name)) {
          moved++;
        }
      }

      assertThat(moved / (double) keys).as("n=%d", n).isLessThan(1.0 / (n + 1) + 0.06);
    }
  }

  @Test
  void aServerWithMoreThanItsShareInFlightIsPassedOver() {
    FakeServer[] servers = equal(10);
    Balancer<FakeServer> balancer = over(servers);
    FakeServer home = pick(balancer, 42, 0);

    home.inFlight.set(12);
    assertThat(pick(balancer, 42, 99)).isSameAs(home);
    home.inFlight.set(13);

    assertThat(pick(balancer, 42, 99)).isNotSameAs(home);
  }

  @Test
  void oneHotKeyIsSpreadWithinTheBound() {
    FakeServer[] servers = equal(8);
    Balancer<FakeServer> balancer = over(servers);
    List<FakeServer> used = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      FakeServer server = pick(balancer, 7, i);
      server.inFlight.incrementAndGet();
      used.add(server);
    }

    for (FakeServer server : servers) {
      assertThat(server.inFlight()).isLessThanOrEqualTo(13);
    }
    assertThat(used).doesNotContainNull();
  }
}
