package dev.inmesh.jdbc.throttle;

import org.jspecify.annotations.Nullable;

/**
 * How many operations there were in a window, and how long one took. Immutable.
 *
 * @param queue operations at a time
 * @param inFlight our statements at a time, of those that may be
 * @param steady whether there were about as many in the window before: where a queue fills or
 *     drains, what is measured is that of none of the two
 * @param oursSteady whether ours were
 */
record RestWindow(double queue, double inFlight, double value, boolean steady, boolean oursSteady) {

  /** How many times as many there must have been for two windows to be compared. */
  private static final double MORE = 1.5;

  /** Where all operations are counted: work that is won, with a disk that was no better. */
  private static final double MORE_WORK = 1.3;

  /** Less than that is none: then the disk was full. */
  private static final double SOME_WORK = 1.15;

  private static final double SAME = 0.8;

  /**
   * Where only our own statements are: the exponent of latency by number, 1 where all queue and 0
   * where nobody does.
   */
  private static final double FLAT = 0.4;

  /** What takes longer is still that of the window before, when the limit was another. */
  private static final double SETTLED_MILLIS = 100;

  private static final double STEADY = 1.4;
  private static final double OURS_STEADY = 1.1;

  /** With so many at a time none waits for another, or all for one. */
  static final double NO_QUEUE = 2;

  static RestWindow of(double queue, double inFlight, double value, @Nullable RestWindow last) {
    return new RestWindow(
        queue,
        inFlight,
        value,
        last != null && near(STEADY, queue, last.queue),
        value < SETTLED_MILLIS || (last != null && near(OURS_STEADY, inFlight, last.inFlight)));
  }

  private static boolean near(double times, double one, double other) {
    return one < times * other && other < times * one;
  }

  /** Whether with far more or far fewer than in another one it was much the same. */
  boolean isNoSlowerFor(RestWindow other) {
    if (isQueue(other)) {
      return queue < other.queue ? isUnused(this, other) : isUnused(other, this);
    }
    return inFlight < other.inFlight ? isFlat(this, other) : isFlat(other, this);
  }

  /** Whether more operations at a time were so many more a second that the disk was not full. */
  private static boolean isUnused(RestWindow fewer, RestWindow more) {
    return fewer.steady
        && more.steady
        && more.queue > MORE * fewer.queue
        && more.work() > MORE_WORK * fewer.work()
        && more.value > SAME * fewer.value;
  }

  private static boolean isFlat(RestWindow fewer, RestWindow more) {
    double times = more.inFlight / Math.max(1, fewer.inFlight);
    if (!fewer.oursSteady || !more.oursSteady || times <= MORE) {
      return false;
    }
    double exponent = Math.log(more.value / fewer.value) / Math.log(times);
    return exponent > -FLAT && exponent < FLAT;
  }

  /** Whether there are so many more again that they can be compared. */
  boolean isMoreThan(RestWindow before) {
    if (isQueue(before)) {
      return steady && queue > MORE * before.queue;
    }
    return oursSteady && inFlight > MORE * before.inFlight;
  }

  /** Whether at least some work was won with more of them. */
  boolean isNoWorseThan(RestWindow before) {
    return isQueue(before) ? work() > SOME_WORK * before.work() : isFlat(before, this);
  }

  /** A second, but for a factor. */
  private double work() {
    return queue / value;
  }

  /** The one of the two with fewer. */
  RestWindow orFewer(RestWindow other) {
    return (isQueue(other) ? queue < other.queue : inFlight < other.inFlight) ? this : other;
  }

  /** Whether it is how many there were of all clients that tells something. */
  private boolean isQueue(RestWindow other) {
    return queue > NO_QUEUE || other.queue > NO_QUEUE;
  }
}
