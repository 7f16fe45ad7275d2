package dev.inmesh.jdbc.throttle;

/** The highest of the last ten windows. */
final class Highest {

  private final int[] windows = new int[10];
  private int next;

  void add(int value) {
    windows[next] = value;
    next = (next + 1) % windows.length;
  }

  int lately() {
    int highest = 0;
    for (int value : windows) {
      highest = Math.max(highest, value);
    }
    return highest;
  }
}
