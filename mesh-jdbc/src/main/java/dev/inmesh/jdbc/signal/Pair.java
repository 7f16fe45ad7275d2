package dev.inmesh.jdbc.signal;

/**
 * Two counters that only grow: how often something was done, and how long that took in all.
 *
 * @param name what was counted, apart from others of the same operation
 * @param millis or whatever else is counted in the operation's unit
 * @param least of the time, which can't be told from none
 */
record Pair(DiskOperation operation, String name, double operations, double millis, double least) {

  Pair(DiskOperation operation, String name, double operations, double millis) {
    this(operation, name, operations, millis, 0);
  }

  /** Whether a counter can say so. */
  boolean isPossible() {
    return operations >= 0 && millis >= 0 && Double.isFinite(operations) && Double.isFinite(millis);
  }
}
