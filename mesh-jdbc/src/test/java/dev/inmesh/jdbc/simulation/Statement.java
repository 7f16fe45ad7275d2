package dev.inmesh.jdbc.simulation;

import dev.inmesh.config.StatementClass;

/**
 * A statement text and what it costs the server.
 *
 * @param reads operations of the disk, one after the other
 * @param megabytes that it commits; 0 for a statement that writes nothing
 * @param locks whether it takes the lock that there is one of
 */
record Statement(String text, StatementClass kind, int reads, double megabytes, boolean locks) {

  /** Of a row by its key: a page of the index and one of the table. */
  static Statement read(StatementClass kind) {
    return new Statement("select " + kind, kind, 2, 0, false);
  }

  /** 2 kB. */
  static Statement write(StatementClass kind) {
    return write(kind, 0.002);
  }

  static Statement write(StatementClass kind, double megabytes) {
    return new Statement("insert " + kind, kind, 0, megabytes, false);
  }

  /** In memory. */
  static Statement cached(StatementClass kind) {
    return new Statement("cached " + kind, kind, 0, 0, false);
  }

  static Statement locking(StatementClass kind) {
    return new Statement("update " + kind, kind, 0, 0.002, true);
  }
}
