package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.UpstreamSettings.Budget;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SmallPartsTest {

  private static final long SECOND = 1_000_000_000;

  @Test
  void theFailureWindowAgreesWithAListOfInstants() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      int maxFails = 1 + random.nextInt(6);
      long window = 1L + random.nextInt(1_000);
      FailureWindow failures = new FailureWindow(maxFails, window);
      Deque<Long> instants = new ArrayDeque<>();
      long now = Long.MAX_VALUE - 2_000;
      for (int i = 0; i < 200; i++) {
        now += random.nextInt(400);
        instants.addLast(now);
        if (instants.size() > maxFails) {
          instants.removeFirst();
        }

        boolean full = failures.add(now);

        assertThat(full)
            .isEqualTo(instants.size() == maxFails && now - instants.getFirst() < window);
      }
    }
  }

  @Test
  void theQuantileComesToRestWhereItsShareOfTheSamplesLiesBelow() {
    Random random = new Random(12);
    LatencyQuantile median = new LatencyQuantile(0.5);
    LatencyQuantile p95 = new LatencyQuantile(0.95);
    long[] samples =
        random.doubles(20_000).mapToLong(d -> (long) (-10_000_000 * Math.log(1 - d))).toArray();

    for (long sample : samples) {
      median.add(sample);
      p95.add(sample);
    }

    long[] sorted = samples.clone();
    Arrays.sort(sorted);
    assertThat(median.nanos())
        .isBetween((long) (sorted[10_000] * 0.8), (long) (sorted[10_000] * 1.25));
    assertThat(p95.nanos())
        .isBetween((long) (sorted[19_000] * 0.8), (long) (sorted[19_000] * 1.25));
  }

  @Test
  void theBudgetStartsWithFiveAndRefillsByItsFloor() {
    RetryBudget budget = new RetryBudget(new Budget(0.1, 0.2), 0);
    for (int i = 0; i < 5; i++) {
      assertThat(budget.tryWithdraw(0)).isTrue();
    }
    assertThat(budget.tryWithdraw(0)).isFalse();

    assertThat(budget.tryWithdraw(4 * SECOND)).isFalse();
    assertThat(budget.tryWithdraw(5 * SECOND)).isTrue();
    assertThat(budget.tryWithdraw(9 * SECOND)).isFalse();
  }

  @Test
  void theBudgetIsItsShareOrItsFloorWhicheverIsMoreAndNotBoth() {
    for (double callsPerSecond : new double[] {0.5, 1, 2, 4, 100, 5_000}) {
      RetryBudget budget = new RetryBudget(new Budget(0.1, 0.2), 0);
      Random random = new Random(7);
      double seconds = 0;
      int extra = 0;
      int calls = 0;
      while (seconds < 2_000 && calls < 200_000) {
        seconds += 1 / callsPerSecond;
        calls++;
        budget.deposit((long) (seconds * SECOND));
        // Every attempt fails, a moment later.
        double failedAt = seconds + random.nextDouble() / callsPerSecond;
        extra += budget.tryWithdraw((long) (failedAt * SECOND)) ? 1 : 0;
      }

      double most = 5 + Math.max(0.1 * calls, 0.2 * seconds);
      assertThat(extra)
          .as("%s calls/s", callsPerSecond)
          .isBetween((int) (most - 6), (int) most + 1);
    }
  }

  @Test
  void theBudgetHoldsTenSecondsOfDepositsAtMost() {
    RetryBudget budget = new RetryBudget(new Budget(0.1, 0), 0);
    long now = 0;
    for (int i = 0; i < 60_000; i++) {
      now += SECOND / 1_000;
      budget.deposit(now);
    }

    int withdrawn = 0;
    while (budget.tryWithdraw(now)) {
      withdrawn++;
    }
    assertThat(withdrawn).isBetween(990, 1_001);
  }

  @Test
  void aLateTickIsAPauseAndOneInTimeIsNot() {
    PauseDetector pauses = new PauseDetector();
    long ms = 1_000_000;
    long start = Long.MAX_VALUE - 50 * ms;
    pauses.tick(start);
    pauses.tick(start + 20 * ms);
    pauses.tick(start + 59 * ms);
    assertThat(pauses.excuse(start, start + 60 * ms)).isFalse();

    pauses.tick(start + 159 * ms);

    // From 59 to 159 it stood still, and for as long again there is a backlog.
    assertThat(pauses.excuse(start + 100 * ms, start + 120 * ms)).isTrue();
    assertThat(pauses.excuse(start + 10 * ms, start + 80 * ms)).isTrue();
    assertThat(pauses.excuse(start + 10 * ms, start + 59 * ms)).isFalse();
    assertThat(pauses.excuse(start + 160 * ms, start + 300 * ms)).isTrue();
    assertThat(pauses.excuse(start + 259 * ms, start + 300 * ms)).isFalse();
    assertThat(pauses.excuse(start, start + 800 * ms)).isTrue();
    assertThat(pauses.excuse(start, start + 801 * ms)).isFalse();
  }
}
