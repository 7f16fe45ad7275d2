package dev.inmesh.engine;

import java.time.Duration;

/**
 * Knows when this JVM stood still: a garbage collection, a suspended virtual machine, a starved
 * CPU. A ticker reports when it runs; a tick that comes too late proves a pause since the one
 * before. What has piled up meanwhile must be worked off, so a pause counts for as long again, one
 * second at most. Safe for concurrent use.
 */
public final class PauseDetector {

  /** How often {@link #tick} is to be called. */
  public static final Duration PERIOD = Duration.ofMillis(20);

  /** A tick that is later than its period by more than this is a pause. */
  public static final Duration TOLERANCE = Duration.ofMillis(20);

  /** A pause's aftermath lasts as long as the pause, but no longer than this. */
  private static final long AFTERMATH_NANOS = 1_000_000_000;

  /** Attempts last seconds at most and pauses are rare: older ones blame nobody any more. */
  private static final int REMEMBERED = 16;

  private final long[] starts = new long[REMEMBERED];
  private final long[] ends = new long[REMEMBERED];
  private int count;
  private long lastTick;
  private boolean ticked;

  /** Reports that the ticker runs. */
  public synchronized void tick(long now) {
    if (ticked && now - lastTick > PERIOD.toNanos() + TOLERANCE.toNanos()) {
      int slot = count++ % REMEMBERED;
      starts[slot] = lastTick;
      ends[slot] = now;
    }
    lastTick = now;
    ticked = true;
  }

  /**
   * Whether pauses and their aftermath make up a quarter or more of the time from start to end, so
   * that they may be to blame for what ran out of time. A blink in a long wait excuses nothing.
   */
  public synchronized boolean excuse(long start, long end) {
    long paused = 0;
    for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
      long over = ends[i] + Math.min(ends[i] - starts[i], AFTERMATH_NANOS);
      long from = starts[i] - start > 0 ? starts[i] : start;
      long to = over - end < 0 ? over : end;
      paused += Math.max(0, to - from);
    }
    return paused > 0 && paused * 4 >= end - start;
  }
}
