package dev.inmesh.samples.shop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Counts how the calls ended, each exactly once. Safe for concurrent use. */
final class Tally {

  /** How a call ended, as its caller sees it. */
  enum End {
    /** A server answered, be it the second one that was tried. */
    LIVE,
    /** The default answer. */
    DEFAULT,
    /** Neither: an exception, or a bad status. */
    FAILED
  }

  /** A call that is later than its timeout by more than this, pauses aside, is late. */
  private static final long TOLERATED = TimeUnit.MILLISECONDS.toNanos(10);

  private record Overdue(long start, long end) {}

  private final long timeoutNanos;
  private final Pauses pauses;
  private final Second second = new Second();
  private final LongAdder live = new LongAdder();
  private final LongAdder byDefault = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAccumulator worst = new LongAccumulator(Math::max, 0);
  private final Queue<Overdue> overdue = new ConcurrentLinkedQueue<>();
  private volatile String lastFailure = "";

  /**
   * An empty tally.
   *
   * @param timeoutNanos by when a call must have ended
   */
  Tally(long timeoutNanos, Pauses pauses) {
    this.timeoutNanos = timeoutNanos;
    this.pauses = pauses;
  }

  /** A call ended. */
  void ended(End end, long startNanos, long endNanos) {
    long nanos = endNanos - startNanos;
    switch (end) {
      case LIVE -> live.increment();
      case DEFAULT -> byDefault.increment();
      case FAILED -> failed.increment();
    }
    second.add(nanos, end == End.LIVE);
    if (nanos > timeoutNanos) {
      overdue.add(new Overdue(startNanos, endNanos));
    }
  }

  /** Why a call failed. */
  void failure(String reason) {
    lastFailure = reason;
  }

  /** The calls since the last look; judges those that came too late. */
  Second.Look look() {
    // Not judged at once: the thread that sees pauses may wake after the call that suffered one.
    for (Overdue next = overdue.poll(); next != null; next = overdue.poll()) {
      long paused = pauses.nanosBetween(next.start, next.end);
      long overshoot = next.end - next.start - timeoutNanos - paused;
      worst.accumulate(overshoot);
      if (overshoot > TOLERATED) {
        late.increment();
      }
    }
    return second.look();
  }

  /** The whole run. */
  Summary summary(long sent, String balance) {
    return new Summary(
        sent,
        live.sum(),
        byDefault.sum(),
        failed.sum(),
        late.sum(),
        worst.get(),
        pauses.longestNanos(),
        balance,
        lastFailure);
  }
}
