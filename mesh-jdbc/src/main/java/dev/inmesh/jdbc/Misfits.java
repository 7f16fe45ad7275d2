package dev.inmesh.jdbc;

import java.util.Optional;

/** What is said where a server isn't what the configuration takes it for, with the mend. */
final class Misfits {

  private Misfits() {}

  static Optional<String> role(
      String database, Database server, boolean isPrimary, Standing standing) {
    if (isPrimary && standing.isReplica()) {
      return Optional.of(
          database
              + ": "
              + server
              + " is to be the primary, but is read-only ("
              + standing.reason()
              + "): writes fail until another server says that it is the primary; name that one as"
              + " the primary, or let this one be written to");
    }
    if (!isPrimary && standing.isPrimary()) {
      return Optional.of(
          database
              + ": "
              + server
              + " is to be a replica, but can be written to ("
              + standing.reason()
              + "): if it has been promoted, name it as the primary; else let it follow the primary"
              + " and be read-only");
    }
    return Optional.empty();
  }

  /** Versions that the lists of functions weren't made for. */
  static Optional<String> version(String database, Database server, Version version) {
    String least =
        switch (version.product()) {
          case "postgresql" -> version.isBelow(14, 0) ? "14" : "";
          case "mariadb" -> version.isBelow(10, 6) ? "10.6" : "";
          case "mysql" -> version.isBelow(8, 0) ? "8.0" : "";
          case "h2" -> version.isBelow(2, 0) ? "2" : "";
          default -> "?";
        };
    if (least.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        database
            + ": "
            + server
            + " is "
            + version
            + (least.equals("?")
                ? ", whose SQL isn't known here: no statement is proven to read, and there is no"
                    + " failover; declare connections read-only"
                : ", older than "
                    + least
                    + ": what is proven to read may not hold there; upgrade it"));
  }

  /**
   * A product in lower case, and its version.
   *
   * @param product as its driver names it
   */
  record Version(String product, int major, int minor) {

    boolean isBelow(int leastMajor, int leastMinor) {
      return major < leastMajor || (major == leastMajor && minor < leastMinor);
    }

    @Override
    public String toString() {
      return product + " " + major + "." + minor;
    }
  }
}
