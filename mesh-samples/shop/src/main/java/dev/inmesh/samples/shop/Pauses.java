package dev.inmesh.samples.shop;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Knows when this JVM, or the machine under it, stood still: a thread that wants to wake each
 * millisecond notes how much too late it does. Safe for concurrent use.
 */
final class Pauses implements AutoCloseable {

  private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(1);

  /** A timer's own inaccuracy is below this. */
  private static final long NOTICED = TimeUnit.MICROSECONDS.toNanos(500);

  /** No call lasts longer. */
  private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(1);

  private record Pause(long start, long end) {}

  private final Deque<Pause> pauses = new ConcurrentLinkedDeque<>();
  private final Thread ticker = new Thread(this::tick, "pauses");
  private volatile long longest;
  private volatile boolean closed;

  Pauses() {
    ticker.setDaemon(true);
    ticker.start();
  }

  private void tick() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(PERIOD);
      long now = System.nanoTime();
      long late = now - last - PERIOD;
      if (late > NOTICED) {
        pauses.addLast(new Pause(now - late, now));
        longest = Math.max(longest, late);
        forget(now);
      }
      last = now;
    }
  }

  private void forget(long now) {
    for (Pause old = pauses.peekFirst();
        old != null && now - old.end > REMEMBERED;
        old = pauses.peekFirst()) {
      pauses.pollFirst();
    }
  }

  /** The longest pause so far, in nanoseconds. */
  long longestNanos() {
    return longest;
  }

  /** The pauses between the two instants, all together; complete 10 ms after the later one. */
  long nanosBetween(long start, long end) {
    long sum = 0;
    for (Pause pause : pauses) {
      long from = pause.start - start > 0 ? pause.start : start;
      long to = pause.end - end < 0 ? pause.end : end;
      sum += Math.max(0, to - from);
    }
    return sum;
  }

  @Override
  public void close() {
    closed = true;
  }
}
