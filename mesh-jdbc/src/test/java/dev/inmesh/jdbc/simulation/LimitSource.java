package dev.inmesh.jdbc.simulation;

import dev.inmesh.jdbc.throttle.Change;
import dev.inmesh.jdbc.throttle.Observation;
import java.util.Optional;

/** Who says how many statements a client may have on the server at a time. */
interface LimitSource {

  int NONE = Integer.MAX_VALUE;

  int limit();

  /** A statement ended that started with this many in flight, itself included. */
  default void ended(long startNanos, long tookNanos, int inFlight) {}

  /** A second is over. */
  default Optional<Change> window(Observation seen, long now) {
    return Optional.empty();
  }

  static LimitSource fixed(int limit) {
    return () -> limit;
  }
}
