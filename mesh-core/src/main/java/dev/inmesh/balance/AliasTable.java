package dev.inmesh.balance;

/**
 * Draws an index by weight in constant time; immutable. Vose's method ("A linear algorithm for
 * generating random numbers with a given distribution", 1991), in integers.
 */
final class AliasTable {

  static final AliasTable EMPTY = new AliasTable(new int[0], new int[0]);

  /** Of 2^31, how much of slot i belongs to i itself; the rest belongs to its alias. */
  private final int[] own;

  private final int[] alias;

  private AliasTable(int[] own, int[] alias) {
    this.own = own;
    this.alias = alias;
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
    return new AliasTable(own, alias);
  }

  boolean isEmpty() {
    return own.length == 0;
  }

  int draw(RandomSource random) {
    long bits = random.nextLong();
    int slot = (int) (((bits >>> 32) * own.length) >>> 32);
    return (int) (bits & Integer.MAX_VALUE) < own[slot] ? slot : alias[slot];
  }
}
