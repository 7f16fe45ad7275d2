package dev.inmesh.jdbc.throttle;

/**
 * The next limit, of how slow the disk is. Where many queue, latency is in proportion to how many
 * (Little, 1961), so the limit at which an operation would take just its mark is known at once:
 * {@code limit / ratio}, where {@code ratio} is latency by mark. Everybody adds the same to that,
 * {@code max(1, sqrt(limit) / 4)}, and so whoever has more than another loses more than it gains:
 * shares converge, as under additive increase and multiplicative decrease (Chiu and Jain, 1989),
 * but in every window and not only when it falls. It rests where {@code limit * (1 - 1 / ratio)} is
 * what is added, as FAST TCP does (Wei, Jin, Low and Hegde, 2006).
 */
final class Law {

  /** A window never takes more than three quarters, nor more than doubles. */
  private static final double MOST_DOWN = 0.25;

  private static final double MOST_UP = 2;

  /** Of the way, near the mark, where what is measured is as much noise as news. */
  private static final double NEAR = 0.5;

  private static final double FAR_BELOW = 0.7;

  private Law() {}

  /**
   * Where the limit should be.
   *
   * @param limit until now
   * @param ratio of the measured value to its soft mark
   * @param score of the value, 0 at the soft mark and 1 at the hard one
   * @param jitter in [0, 1), so that not all clients do the same at the same time
   */
  static double next(double limit, double ratio, double score, double jitter) {
    double factor = Math.min(MOST_UP, Math.max(MOST_DOWN, 1 / ratio));
    double target = factor * limit + Math.max(1, Math.sqrt(limit) / 4);
    double way = score < 1 && ratio > FAR_BELOW ? NEAR : 1;
    return limit + way * (1 - 0.2 * jitter) * (target - limit);
  }
}
