package dev.inmesh.jdbc.sql;

/** Whose SQL a text is. What isn't said here is read the same way for all. */
public enum Dialect {
  /** PostgreSQL 14 and later. */
  POSTGRESQL,
  /** MySQL 8 and MariaDB 10.6, and later: where the two differ, the cautious reading counts. */
  MYSQL,
  /** H2 2, in any of its modes. */
  H2;

  /**
   * Whether a backslash in a plain literal escapes what follows, by default. The server can be told
   * otherwise ({@code standard_conforming_strings}, {@code NO_BACKSLASH_ESCAPES}).
   */
  boolean backslashEscapes() {
    return this == MYSQL;
  }

  String resource() {
    return switch (this) {
      case POSTGRESQL -> "postgresql.txt";
      case MYSQL -> "mysql.txt";
      case H2 -> "h2.txt";
    };
  }
}
