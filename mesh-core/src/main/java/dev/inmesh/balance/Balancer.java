package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * Picks the server of an attempt among the servers of one tier. It is made for one immutable array
 * of eligible servers and replaced when the array is; it knows nothing of health. Safe for
 * concurrent use; a pick allocates nothing.
 */
@FunctionalInterface
public interface Balancer<S extends Candidate> {

  /** The server to use, or null when the attempt may use none of them. */
  @Nullable S pick(Attempt<S> attempt);
}
