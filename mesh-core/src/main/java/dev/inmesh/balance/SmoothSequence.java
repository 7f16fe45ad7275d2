package dev.inmesh.balance;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An endless, smooth, weighted sequence of indices; safe for concurrent use.
 *
 * <p>Smooth weighted round-robin as in nginx's {@code ngx_http_upstream_round_robin.c}: each step
 * adds every weight to its server's current value, takes the greatest, and takes the total off that
 * one. Here the steps of one whole period are run once, so that a step is one atomic increment and
 * one read whatever the number of servers. Where a period would be longer than {@link #MAX_PERIOD}
 * (sum of the weights divided by their greatest common divisor), draws by weight from an {@link
 * AliasTable} take its place: the shares hold, the even spread is lost.
 */
final class SmoothSequence {

  static final int MAX_PERIOD = 65_536;

  /**
   * Above this many steps of work a period isn't run through for the first use: n servers times the
   * period's length, at about 1 ns each.
   */
  private static final long MAX_WORK = 4_000_000;

  private final int size;
  private final char[] period;
  private final @Nullable AliasTable table;
  private final RandomSource random;
  private final AtomicInteger position;

  private SmoothSequence(int size, char[] period, @Nullable AliasTable table, RandomSource random) {
    this.size = size;
    this.period = period;
    this.table = table;
    this.random = random;
    int length = period.length > 0 ? period.length : size;
    // Many processes start with the same list; they must not all start with its first server.
    this.position = new AtomicInteger(random.below(length));
  }

  static SmoothSequence over(int[] weights, RandomSource random) {
    int n = weights.length;
    int divisor = 0;
    long sum = 0;
    for (int weight : weights) {
      divisor = divisor == 1 ? 1 : greatestCommonDivisor(weight, divisor);
      sum += weight;
    }
    long total = sum / divisor;
    if (total == n) {
      return new SmoothSequence(n, new char[0], null, random);
    }
    if (total > MAX_PERIOD || total * n > MAX_WORK) {
      return new SmoothSequence(n, new char[0], AliasTable.of(weights), random);
    }
    int[] shares = weights.clone();
    for (int i = 0; i < n; i++) {
      shares[i] /= divisor;
    }
    return new SmoothSequence(n, onePeriod(shares, (int) total), null, random);
  }

  /** The next index. */
  int next() {
    if (period.length > 0) {
      return period[step(period.length)];
    }
    return table == null ? step(size) : table.draw(random);
  }

  /** The position is kept below the length by compare-and-set, so no wrap can bend the sequence. */
  private int step(int length) {
    while (true) {
      int current = position.get();
      int next = current + 1 == length ? 0 : current + 1;
      if (position.weakCompareAndSetVolatile(current, next)) {
        return current;
      }
    }
  }

  private static char[] onePeriod(int[] weights, int total) {
    char[] period = new char[total];
    int[] current = new int[weights.length];
    for (int step = 0; step < total; step++) {
      int best = 0;
      for (int i = 0; i < weights.length; i++) {
        current[i] += weights[i];
        if (current[i] > current[best]) {
          best = i;
        }
      }
      current[best] -= total;
      period[step] = (char) best;
    }
    return period;
  }

  static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
