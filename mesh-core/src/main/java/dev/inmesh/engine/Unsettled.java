package dev.inmesh.engine;

/**
 * Something that ran out of time, not charged yet: the next tick knows whether this JVM stood still
 * meanwhile, in which case nobody is to blame.
 */
interface Unsettled {

  long startNanos();

  long endNanos();

  /**
   * Charges it, or not.
   *
   * @param paused whether this JVM stood still meanwhile
   */
  void settle(boolean paused, long now);
}
