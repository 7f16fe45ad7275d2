package dev.inmesh.jdbc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Threads that wait for a connection to the primary. When another server takes its place they are
 * woken, to wait there instead: nothing was sent yet, and a pool may let them wait for half a
 * minute. Safe for concurrent use.
 */
final class Waiting {

  private final Set<One> all = ConcurrentHashMap.newKeySet();

  /** One of them. */
  static final class One {

    private final Thread thread = Thread.currentThread();
    private boolean woken;
    private boolean over;

    private synchronized void wake() {
      if (!over) {
        woken = true;
        thread.interrupt();
      }
    }

    /** No wake-up comes from here on, and what came is not seen by anything that follows. */
    private synchronized boolean ends() {
      over = true;
      return woken && Thread.interrupted();
    }
  }

  /** This thread begins to wait. */
  One begins() {
    One one = new One();
    all.add(one);
    return one;
  }

  /** Whether it was woken. */
  boolean ends(One one) {
    all.remove(one);
    return one.ends();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** There is somewhere else to wait. */
  void wakeAll() {
    all.forEach(One::wake);
  }
}
