package dev.inmesh.balance;

/**
 * What a server carries: a class, so that a balancer that looks at many servers can hold these
 * beside them, and a look at one costs a single step through memory. Safe for concurrent use.
 */
public abstract class Load {

  /** To be extended by what counts the attempts. */
  protected Load() {}

  /** Attempts in flight now. */
  public abstract int inFlight();
}
