package dev.inmesh.jdbc.sql;

/** How deep in parentheses a reading stands, and in which of them something special goes on. */
final class Nesting {

  int depth;

  /** Whether a WITH's list is going on, one bit for each of the first 64 depths. */
  private long withLists;

  /** Where the parenthesis of a DISTINCT ON was opened; -1 outside one. */
  private int distinctOn = -1;

  /** Whether the DISTINCT ON that begins is in another one, of which only one is remembered. */
  boolean beginDistinctOn() {
    boolean nested = distinctOn >= 0;
    distinctOn = depth;
    return nested;
  }

  /** Whether the parenthesis that was closed just now was that of a DISTINCT ON. */
  boolean endDistinctOn() {
    boolean ended = depth == distinctOn;
    if (ended) {
      distinctOn = -1;
    }
    return ended;
  }

  void beginWithList() {
    if (depth < 64) {
      withLists |= 1L << depth;
    }
  }

  void endWithList() {
    if (depth < 64) {
      withLists &= ~(1L << depth);
    }
  }

  boolean inWithList() {
    return depth < 64 && (withLists & (1L << depth)) != 0;
  }
}
