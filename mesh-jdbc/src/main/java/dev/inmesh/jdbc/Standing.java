package dev.inmesh.jdbc;

/**
 * What a server says of itself. Immutable.
 *
 * @param role whether it takes writes
 * @param reason how it says so, in its own words
 */
record Standing(Role role, String reason) {

  /** Whether a server takes writes, as far as it says. */
  enum Role {
    PRIMARY,
    REPLICA,
    /** It doesn't say, or can't be understood. */
    UNKNOWN
  }

  static final Standing SILENT = new Standing(Role.UNKNOWN, "says nothing of it");

  boolean isPrimary() {
    return role == Role.PRIMARY;
  }

  boolean isReplica() {
    return role == Role.REPLICA;
  }
}
