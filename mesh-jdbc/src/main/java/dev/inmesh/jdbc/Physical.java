package dev.inmesh.jdbc;

import java.sql.Connection;

/** A connection to one server that a session holds. Used by the session's thread. */
final class Physical {

  final Database database;
  final Connection raw;

  /** Results that are being read. */
  int openResults;

  Physical(Database database, Connection raw) {
    this.database = database;
    this.raw = raw;
  }

  boolean replica() {
    return database.replica();
  }
}
