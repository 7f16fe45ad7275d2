package dev.inmesh.balance;

/** What a balancer may know of the attempt that it picks a server for. */
public interface Attempt<S extends Candidate> {

  /**
   * Whether this attempt may go to the server: not tried by the same call already, below its {@code
   * max_conns}, not told to stay away by a Retry-After.
   */
  boolean mayUse(S server);

  /** When the attempt is to start. */
  long nowNanos();

  /** The hash of its key, for {@link Balancers#hash}. */
  long keyHash();

  /** Calls in flight on all servers together. */
  int callsInFlight();
}
