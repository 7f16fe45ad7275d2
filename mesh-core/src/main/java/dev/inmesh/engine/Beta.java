package dev.inmesh.engine;

/**
 * The Beta distribution: what is known of a success rate after so many successes and failures.
 *
 * <p>The regularized incomplete beta function by its continued fraction, NIST DLMF 8.17.22,
 * evaluated with Lentz's method.
 */
final class Beta {

  private static final double TINY = 1e-300;
  private static final double PRECISION = 1e-13;
  private static final int MOST_STEPS = 10_000;

  private Beta() {}

  /**
   * P(rate &lt; x) after {@code a} successes and {@code b} failures, prior included.
   *
   * @param a above 0
   * @param b above 0
   */
  static double below(double x, double a, double b) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    double front =
        Math.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    // The fraction converges fast on this side of the mean only; the other side is its mirror.
    return x < (a + 1) / (a + b + 2)
        ? front * fraction(x, a, b) / a
        : 1 - front * fraction(1 - x, b, a) / b;
  }

  private static double fraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / bounded(1 - (a + b) * x / (a + 1));
    double result = d;
    for (int m = 1; m <= MOST_STEPS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / bounded(1 + even * d);
      c = bounded(1 + even / c);
      result *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / bounded(1 + odd * d);
      c = bounded(1 + odd / c);
      double step = d * c;
      result *= step;
      if (Math.abs(step - 1) < PRECISION) {
        break;
      }
    }
    return result;
  }

  private static double bounded(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }

  /** Stirling's series (DLMF 5.11.1), for small arguments by way of the recurrence. */
  private static double logGamma(double x) {
    double shift = 0;
    double z = x;
    while (z < 10) {
      shift -= Math.log(z);
      z++;
    }
    double r = 1 / (z * z);
    double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / z;
    return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
  }
}
