package dev.inmesh.config;

/**
 * What {@code balancer=hash} takes as the key of a call. Immutable.
 *
 * @param name of the header (lower case) or query parameter; empty for the path
 */
public record HashKey(Kind kind, String name) {

  /** Where the key is found. */
  public enum Kind {
    HEADER,
    PATH,
    QUERY
  }
}
