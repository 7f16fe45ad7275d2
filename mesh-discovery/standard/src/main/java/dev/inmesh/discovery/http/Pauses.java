package dev.inmesh.discovery.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** Until when each address asked to be left alone. Safe for concurrent use. */
final class Pauses {

  /** Nobody is left alone for longer: what it says may be nonsense. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final AtomicLongArray until;

  Pauses(int addresses) {
    until = new AtomicLongArray(addresses);
    for (int i = 0; i < addresses; i++) {
      until.set(i, System.nanoTime());
    }
  }

  void pause(int index, Duration time) {
    Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
    until.set(index, System.nanoTime() + bounded.toNanos());
  }

  /** How long one is still to be left alone, in nanoseconds. */
  long left(int index) {
    return until.get(index) - System.nanoTime();
  }

  /** Waits until at least one may be asked. */
  void awaitAny() throws InterruptedException {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < until.length(); i++) {
      shortest = Math.min(shortest, left(i));
    }
    if (shortest > 0) {
      TimeUnit.NANOSECONDS.sleep(shortest + 1_000_000);
    }
  }
}
