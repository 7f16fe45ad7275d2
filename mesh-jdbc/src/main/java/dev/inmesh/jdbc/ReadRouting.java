package dev.inmesh.jdbc;

/** Which statements may go to a replica. */
public enum ReadRouting {
  /** None. */
  OFF,
  /**
   * Those of connections and transactions that were declared read-only, unless their text shows
   * that they write; and those that say so in a comment ({@code mesh:replica}).
   */
  READONLY,
  /** Autocommitted statements too that are proven to change nothing. */
  AUTO
}
