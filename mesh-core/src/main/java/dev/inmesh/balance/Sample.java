package dev.inmesh.balance;

/**
 * Whom a pick compares among many: one server of each of 8 equal blocks, so that all are distinct.
 * Two would send 1 % of the calls to a slow one of ten.
 */
final class Sample {

  /** So many are compared. */
  static final int SIZE = 8;

  /** Up to this many servers are all compared, instead of a sample. */
  static final int SCAN = 16;

  private Sample() {}

  /**
   * The next bits for {@link #index}: a step of PCG (O'Neill, "PCG: a family of simple fast
   * space-efficient statistically good algorithms for random number generation", 2014), of which
   * {@link #index} takes the XSH-RS output. One multiplication, where a draw of the source has two.
   */
  static long next(long bits) {
    return bits * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
  }

  /** An index of the given block, 0 to 7, of so many servers. */
  static int index(int block, int servers, long bits) {
    int from = (block * servers) >>> 3;
    int width = (((block + 1) * servers) >>> 3) - from;
    // The bits alone would lie on a lattice, which shows as soon as every second server is slow.
    long drawn = ((bits ^ (bits >>> 22)) >>> (22 + (int) (bits >>> 61))) & 0xFFFF_FFFFL;
    return from + (int) ((drawn * width) >>> 32);
  }
}
