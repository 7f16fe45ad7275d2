package dev.inmesh.jdbc;

import java.sql.Connection;

/** A connection to one server that a session holds. Used by the session's thread. */
final class Physical {

  final Database database;
  final Connection raw;

  /** Where the times of its statements go. */
  final StatementMeters.ServerTimes times;

  /** Results that are being read. */
  int openResults;

  Physical(Database database, Connection raw, StatementMeters.ServerTimes times) {
    this.times = times;
    this.database = database;
    this.raw = raw;
  }

  boolean replica() {
    return database.replica();
  }
}
