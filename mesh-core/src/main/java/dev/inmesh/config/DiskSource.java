package dev.inmesh.config;

/** Where it is read how slow a database server's disk is. */
public enum DiskSource {
  /** Whatever is found there. */
  AUTO,
  /** The statistics views of PostgreSQL. */
  POSTGRESQL,
  /** The performance schema of MySQL and MariaDB, or their status variables. */
  MYSQL,
  /** {@code /proc} of this machine, which the server shares. */
  HOST,
  /** A node exporter of Prometheus on the server's machine. */
  PROMETHEUS,
  /** A statement of the user's. */
  SQL,
  /** A file that holds a number. */
  FILE,
  /** A URL that answers with a number. */
  URL
}
