package dev.inmesh.jdbc.signal;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Where it is read how slow a disk is. For one thread at a time; may block. */
interface Source {

  /** In the log: what is read, and what to mend so that something better can be. */
  String what();

  /**
   * What was measured since it was read last; empty where hardly anything happened.
   *
   * @param nanos the present instant
   */
  List<Measure> read(long nanos)
      throws SQLException, IOException, AbsentException, ChangedException;

  /** Whether it only sees what is at the moment, and has to be looked at several times a window. */
  default boolean isGlimpsed() {
    return false;
  }

  /** One of these times. */
  default void look() throws SQLException, AbsentException {}

  /** The clock was somewhere else in between: what is measured begins anew. */
  default void forget() {}

  /** It isn't read any more. */
  default void close() {}
}
