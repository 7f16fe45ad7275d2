package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.Measure;
import java.util.List;

/**
 * All that is known of a server and one window. Immutable.
 *
 * @param measures of its disk, one an operation; what couldn't be measured is absent
 * @param client what this process has seen
 * @param highestInFlight the most statements that this process had there at a time
 * @param completed statements that ended
 * @param heldBack whether any had to wait or was refused, or would have been
 * @param enforced whether they were: where it is only observed, the disk's latency shows nothing of
 *     what the limit would have done
 */
public record Observation(
    List<Measure> measures,
    ClientWindow client,
    int highestInFlight,
    long completed,
    boolean heldBack,
    boolean enforced) {

  /** Copies the list. */
  public Observation {
    measures = List.copyOf(measures);
  }
}
