package dev.inmesh.event;

/**
 * Told what happens to one server. Called on the threads that make the calls and checks and on the
 * mesh's ticker, in part under the engine's locks: must be fast, safe for concurrent use, throw
 * nothing, and not call back.
 */
public interface ServerListener {

  /** An attempt ended after so many nanoseconds. */
  default void attemptEnded(Outcome outcome, long nanos) {}

  /**
   * A health check ended: success, failure, or ignored when it says nothing. Told to the upstream's
   * own listener only, since checks belong to no route.
   */
  default void healthChecked(Outcome outcome) {}

  /**
   * So many attempts at a time are allowed there now, under {@code max-requests=adaptive}; 0: any.
   */
  default void limitChanged(int attempts) {}

  /** The server was ejected on this evidence. */
  default void ejected(Evidence evidence) {}

  /** It would have been ejected, but {@code outlier.mode=observe} only counts that. */
  default void wouldBeEjected(Evidence evidence) {}
}
