package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.Measure;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A measure and what it is compared with. Immutable. */
record Reading(Measure measure, Marks marks) {

  /** The one that counts: the operation that is slow the most. */
  static Optional<Reading> worst(List<Reading> readings) {
    return readings.stream().max(Comparator.comparingDouble(Reading::ratio));
  }

  double score() {
    return marks.score(measure.value());
  }

  /**
   * Whether operations wait for each other, or may do: more than two at a time, by Little's law, or
   * nobody knows how many.
   */
  boolean isQueue() {
    return measure.perSecond() == 0 || measure.atATime() > RestWindow.NO_QUEUE;
  }

  double ratio() {
    return measure.value() / marks.soft();
  }

  boolean slow() {
    return measure.value() > marks.soft();
  }

  boolean well() {
    return measure.value() < marks.leave();
  }

  Change.Proof proof() {
    return new Change.Proof(measure, marks.soft(), marks.baseline(), marks.atRest());
  }
}
