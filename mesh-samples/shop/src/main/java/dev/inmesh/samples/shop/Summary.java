package dev.inmesh.samples.shop;

import java.util.Locale;

/**
 * The whole run in a line. Immutable.
 *
 * @param calls sent
 * @param live answered by a server
 * @param byDefault answered with the default
 * @param failed neither
 * @param late later than their timeout by more than 10 ms and the pauses in between
 * @param overshootNanos how much later than its timeout the latest call was, pauses not counted
 * @param pauseNanos the longest time for which the JVM stood still
 * @param balance how long each server that became well took to get its share again
 * @param lastFailure why the last failed call did; empty if none failed
 */
record Summary(
    long calls,
    long live,
    long byDefault,
    long failed,
    long late,
    long overshootNanos,
    long pauseNanos,
    String balance,
    String lastFailure) {

  /** Calls that were sent and never ended. */
  long lost() {
    return calls - live - byDefault - failed;
  }

  @Override
  public String toString() {
    String line =
        String.format(
            Locale.ROOT,
            "summary: calls=%d live=%.2f%% default=%.2f%% failed=%d lost=%d late=%d"
                + " worst-overshoot=%.1fms (pauses not counted; the longest took %.1fms)"
                + " back-in-balance=%s",
            calls,
            percent(live),
            percent(byDefault),
            failed,
            lost(),
            late,
            Span.millis(overshootNanos),
            Span.millis(pauseNanos),
            balance);
    return lastFailure.isEmpty() ? line : line + System.lineSeparator() + "last " + lastFailure;
  }

  private double percent(long part) {
    return calls == 0 ? 0 : 100.0 * part / calls;
  }
}
