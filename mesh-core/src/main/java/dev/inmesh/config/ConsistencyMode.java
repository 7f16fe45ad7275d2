package dev.inmesh.config;

/** Whose writes a read from a replica must have seen. */
public enum ConsistencyMode {
  /** Nobody's. */
  NONE,
  /** Those of the same connection. */
  SESSION,
  /** Those of the same page of calls, too. */
  CONTEXT
}
