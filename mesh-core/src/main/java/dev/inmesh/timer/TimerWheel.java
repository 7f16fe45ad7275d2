package dev.inmesh.timer;

import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to run later, in the buckets of a hashed timing wheel: G. Varghese and A. Lauck, "Hashed
 * and hierarchical timing wheels" (SOSP 1987), scheme 6. To arm and to cancel take the same short
 * time however many are armed, and a cancelled one is gone at once. Time is counted in ticks by
 * whoever uses it; the wheel doesn't know a clock. Safe for concurrent use.
 *
 * <p>Unlike there, nobody steps through the buckets tick by tick: each knows the earliest tick in
 * it, so that the next one of all is found by looking at each once, and between them nothing runs.
 */
final class TimerWheel {

  /** What {@link #next} says when nothing is armed. */
  static final long NEVER = Long.MAX_VALUE;

  private final Bucket[] buckets;

  /**
   * An empty wheel.
   *
   * @param buckets a power of two; those due in more ticks than that share buckets with earlier
   *     ones
   */
  TimerWheel(int buckets) {
    this.buckets = new Bucket[buckets];
    for (int i = 0; i < buckets; i++) {
      this.buckets[i] = new Bucket();
    }
  }

  /** Arms an action for a tick, which may have passed. */
  Armed arm(long tick, Runnable action) {
    Bucket bucket = buckets[(int) tick & (buckets.length - 1)];
    Armed armed = new Armed(bucket, tick, action);
    bucket.add(armed);
    return armed;
  }

  /** The earliest tick for which something is armed, or {@link #NEVER}. */
  long next() {
    long next = NEVER;
    for (Bucket bucket : buckets) {
      next = Math.min(next, bucket.earliest);
    }
    return next;
  }

  /** Takes out what is due at a tick or before, in no order; if there is no memory, in part. */
  void takeDue(long tick, Collection<? super Runnable> due) {
    for (Bucket bucket : buckets) {
      if (bucket.earliest <= tick) {
        bucket.takeDue(tick, due);
      }
    }
  }

  /** Those whose ticks are the same modulo the number of buckets, as a ring around itself. */
  private static final class Bucket {

    private final Armed ring = new Armed(this, NEVER, null);

    /** Read without the lock. */
    private volatile long earliest = NEVER;

    private Bucket() {
      ring.before = ring;
      ring.after = ring;
    }

    private synchronized void add(Armed armed) {
      Armed last = ring.before;
      armed.before = last;
      armed.after = ring;
      last.after = armed;
      ring.before = armed;
      if (armed.tick < earliest) {
        earliest = armed.tick;
      }
    }

    private synchronized void remove(Armed armed) {
      if (armed.action == null) {
        return;
      }
      unlink(armed);
      // With others left the tick may be too early now, which costs one look at them.
      if (ring.after == ring) {
        earliest = NEVER;
      }
    }

    private synchronized void takeDue(long tick, Collection<? super Runnable> due) {
      long left = NEVER;
      Armed next = ring.after;
      while (next != ring) {
        Armed armed = next;
        next = armed.after;
        if (armed.tick <= tick) {
          due.add(Objects.requireNonNull(armed.action)); // First, since that may fail.
          unlink(armed);
        } else {
          left = Math.min(left, armed.tick);
        }
      }
      earliest = left; // Last: who finds nothing here finds in the other place what was taken.
    }

    /** Takes one out that is in. */
    private static void unlink(Armed armed) {
      armed.before.after = armed.after;
      armed.after.before = armed.before;
      armed.before = armed;
      armed.after = armed;
      armed.action = null; // What it holds must not live as long as its handle.
    }
  }

  /** One that is armed, or was. */
  static final class Armed implements Timers.Timer {

    private final Bucket bucket;
    private final long tick;

    /** Null when it is not in its bucket any more. Guarded by the bucket, as are the links. */
    private @Nullable Runnable action;

    private Armed before = this;
    private Armed after = this;

    private Armed(Bucket bucket, long tick, @Nullable Runnable action) {
      this.bucket = bucket;
      this.tick = tick;
      this.action = action;
    }

    @Override
    public void cancel() {
      bucket.remove(this);
    }
  }
}
