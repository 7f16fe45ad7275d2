package dev.inmesh.jdbc.signal;

import java.util.List;

/**
 * What the kernel counts of one block device. Times are in milliseconds; busy is the time in which
 * anything was under way.
 */
record DiskCounters(
    double reads,
    double readMillis,
    double writes,
    double writeMillis,
    double flushes,
    double flushMillis,
    double busyMillis) {

  /** Half of what the kernel counts in. */
  private static final double LEAST_MILLIS = 0.5;

  /** It counts milliseconds in 32 bits. */
  private static final double WRAP = 0x1p32;

  /**
   * Reads, and what is nearest to a sync: the flushes of a device that has any, since its writes
   * may wait where nobody waits for them; the writes of one that has nothing to flush.
   */
  List<Pair> pairs() {
    return List.of(
        new Pair(DiskOperation.READ, "reads", reads, readMillis, LEAST_MILLIS),
        flushes > 0
            ? new Pair(DiskOperation.FSYNC, "flushes", flushes, flushMillis, LEAST_MILLIS)
            : new Pair(DiskOperation.FSYNC, "writes", writes, writeMillis, LEAST_MILLIS));
  }

  /** What follows from what was counted before, when times that have wrapped go on. */
  DiskCounters after(DiskCounters before, DiskCounters shown) {
    return new DiskCounters(
        reads,
        unwrapped(readMillis, reads >= before.reads, shown.readMillis, before.readMillis),
        writes,
        unwrapped(writeMillis, writes >= before.writes, shown.writeMillis, before.writeMillis),
        flushes,
        unwrapped(flushMillis, flushes >= before.flushes, shown.flushMillis, before.flushMillis),
        unwrapped(busyMillis, reads >= before.reads, shown.busyMillis, before.busyMillis));
  }

  /** A counter that goes back by less than half of its range was reset, with the others. */
  private static double unwrapped(double now, boolean grew, double shown, double before) {
    double added = now - shown;
    if (added < 0 && grew && added < -WRAP / 2) {
      added += WRAP;
    }
    return added < 0 ? now : before + added;
  }
}
