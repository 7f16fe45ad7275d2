package dev.inmesh.jdbc.signal;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a server's disk was found to be like when it was asked last. Immutable.
 *
 * @param sequence grows with each poll
 * @param nanos when it was, on the probe's clock
 * @param measures of the window that ended then, at most one of each operation; an operation that
 *     hardly happened has none
 * @param pingMillis how long the server takes to answer what costs it nothing; empty where it
 *     wasn't asked
 * @param absent why nothing is known; empty where the signal is there, be it only to say that
 *     hardly anything was read or written
 */
public record Poll(
    long sequence,
    long nanos,
    List<Measure> measures,
    OptionalDouble pingMillis,
    Optional<String> absent) {

  /** Takes a copy. */
  public Poll {
    Objects.requireNonNull(pingMillis, "pingMillis");
    Objects.requireNonNull(absent, "absent");
    measures = List.copyOf(measures);
  }

  static Poll absent(long sequence, long nanos, String why) {
    return new Poll(sequence, nanos, List.of(), OptionalDouble.empty(), Optional.of(why));
  }
}
