package dev.inmesh.jdbc.throttle;

import dev.inmesh.config.StatementClass;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many statements of each class are in flight at one server, in one word that is changed
 * without locks. A class sees its own and the more important ones: what is less important never
 * stands in its way. Safe for concurrent use.
 */
final class Permits {

  /**
   * Each class has so many bits; more than 65,535 statements in flight at once are not foreseen.
   */
  private static final int BITS = 16;

  private static final long MASK = (1L << BITS) - 1;

  private final AtomicLong inFlight = new AtomicLong();

  /** The most that were in flight at once; may miss one that another thread noted just then. */
  private volatile int highest;

  /**
   * Interactive statements have two at least: under a limit of one they would wait for each other,
   * though they are few, and somebody waits for them.
   */
  private static final int LEAST_INTERACTIVE = 2;

  /** Takes one for a statement, if fewer than {@code limit} of those that it sees are taken. */
  boolean tryAcquire(StatementClass of, int limit) {
    int most = of == StatementClass.INTERACTIVE ? Math.max(limit, LEAST_INTERACTIVE) : limit;
    long before = inFlight.get();
    while (seen(before, of) < most) {
      long after = before + one(of);
      if (inFlight.compareAndSet(before, after)) {
        note(after);
        return true;
      }
      before = inFlight.get();
    }
    return false;
  }

  /** Takes one whatever the limit is. */
  void acquire(StatementClass of) {
    note(inFlight.addAndGet(one(of)));
  }

  void release(StatementClass of) {
    inFlight.addAndGet(-one(of));
  }

  int inFlight(StatementClass of) {
    return (int) ((inFlight.get() >>> shift(of)) & MASK);
  }

  int inFlight() {
    return seen(inFlight.get(), StatementClass.BACKGROUND);
  }

  /** The most at once since this was asked last. */
  int takeHighest() {
    int most = Math.max(highest, inFlight());
    highest = inFlight();
    return most;
  }

  private void note(long state) {
    int now = seen(state, StatementClass.BACKGROUND);
    if (now > highest) {
      highest = now;
    }
  }

  /** How many there are of a class and of those above it. */
  private static int seen(long state, StatementClass by) {
    int sum = 0;
    for (int shift = shift(by); shift >= 0; shift -= BITS) {
      sum += (int) ((state >>> shift) & MASK);
    }
    return sum;
  }

  private static long one(StatementClass of) {
    return 1L << shift(of);
  }

  private static int shift(StatementClass of) {
    return switch (of) {
      case CRITICAL -> 0;
      case INTERACTIVE -> BITS;
      case BATCH -> 2 * BITS;
      case BACKGROUND -> 3 * BITS;
    };
  }
}
