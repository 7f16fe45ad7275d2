package dev.inmesh.balance;

/**
 * Draws an index by weight in constant time; immutable. Equal weights need no table. Vose's method
 * ("A linear algorithm for generating random numbers with a given distribution", 1991), in
 * integers.
 */
final class AliasTable {

  private final int size;

  /** Of 2^31, how much of slot i belongs to i itself; the rest belongs to its alias. */
  private final int[] own;

  private final int[] alias;

  private AliasTable(int size, int[] own, int[] alias) {
    this.size = size;
    this.own = own;
    this.alias = alias;
  }

  static AliasTable over(int[] weights) {
    boolean equal = true;
    for (int weight : weights) {
      equal &= weight == weights[0];
    }
    return equal ? new AliasTable(weights.length, new int[0], new int[0]) : of(weights);
  }

  static AliasTable of(int[] weights) {
    int n = weights.length;
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    double[] share = new double[n];
    int[] small = new int[n];
    int[] large = new int[n];
    int smalls = 0;
    int larges = 0;
    for (int i = 0; i < n; i++) {
      share[i] = (double) weights[i] * n / total;
      if (share[i] < 1) {
        small[smalls++] = i;
      } else {
        large[larges++] = i;
      }
    }
    int[] own = new int[n];
    int[] alias = new int[n];
    while (smalls > 0 && larges > 0) {
      int less = small[--smalls];
      int more = large[--larges];
      own[less] = (int) (share[less] * Integer.MAX_VALUE);
      alias[less] = more;
      share[more] = share[more] + share[less] - 1;
      if (share[more] < 1) {
        small[smalls++] = more;
      } else {
        large[larges++] = more;
      }
    }
    // What is left over on either side is 1 but for rounding.
    while (larges > 0) {
      own[large[--larges]] = Integer.MAX_VALUE;
    }
    while (smalls > 0) {
      own[small[--smalls]] = Integer.MAX_VALUE;
    }
    return new AliasTable(n, own, alias);
  }

  int draw(RandomSource random) {
    if (own.length == 0) {
      return random.below(size);
    }
    long bits = random.nextLong();
    int slot = (int) (((bits >>> 32) * own.length) >>> 32);
    return (int) (bits & Integer.MAX_VALUE) < own[slot] ? slot : alias[slot];
  }
}
