package dev.inmesh.jdbc.throttle;

/** Two windows of the last three: one alone is a checkpoint, or chance. */
final class Agreement {

  private static final int LAST_THREE = 0b111;

  private int windows;

  /** Whether this one is the second, or the third. */
  boolean add(boolean agreed) {
    windows = (windows << 1 | (agreed ? 1 : 0)) & LAST_THREE;
    return agreed && Integer.bitCount(windows) >= 2;
  }

  void clear() {
    windows = 0;
  }
}
