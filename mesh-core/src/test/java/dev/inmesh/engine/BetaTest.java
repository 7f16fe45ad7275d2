package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class BetaTest {

  @Test
  void wholeParametersGiveTheTailOfTheBinomial() {
    for (int a = 1; a <= 60; a += 7) {
      for (int b = 1; b <= 60; b += 7) {
        for (double x = 0.01; x < 1; x += 0.07) {
          assertThat(Beta.below(x, a, b))
              .as("below(%s, %s, %s)", x, a, b)
              .isCloseTo(atLeast(a, a + b - 1, x), within(1e-10));
        }
      }
    }
  }

  /** P(X >= k) of n trials: DLMF 8.17.5. */
  private static double atLeast(int k, int n, double p) {
    double sum = 0;
    double term = Math.pow(1 - p, n);
    for (int i = 0; i <= n; i++) {
      sum += i >= k ? term : 0;
      term *= (n - i) / (i + 1.0) * p / (1 - p);
    }
    return sum;
  }

  @Test
  void theMirrorImageIsTheRest() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      double a = 0.01 + 1_000 * random.nextDouble() * random.nextDouble();
      double b = 0.01 + 1_000 * random.nextDouble() * random.nextDouble();
      double x = random.nextDouble();

      double below = Beta.below(x, a, b);

      assertThat(below).as("below(%s, %s, %s)", x, a, b).isBetween(-1e-10, 1 + 1e-10);
      assertThat(below + Beta.below(1 - x, b, a)).isCloseTo(1, within(1e-10));
    }
  }

  @Test
  void theEndsAreCertain() {
    assertThat(Beta.below(0, 2, 3)).isZero();
    assertThat(Beta.below(-0.1, 2, 3)).isZero();
    assertThat(Beta.below(1, 2, 3)).isEqualTo(1);
  }
}
