package dev.inmesh.jdbc;

/** Whose writes a read from a replica is sure to see. */
public enum Consistency {

  /** Nobody's. */
  NONE,

  /** Those of its own connection, until that is closed. */
  SESSION,

  /** Those, and the ones of all connections of the page: of the {@link WritePosition} in force. */
  CONTEXT
}
