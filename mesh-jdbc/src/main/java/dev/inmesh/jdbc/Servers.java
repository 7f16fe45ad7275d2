package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseSettings;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where the servers of a database are named: in code, or in the configuration. */
@FunctionalInterface
interface Servers {

  /**
   * The servers by what the configuration says now.
   *
   * @param before what held until now; null at the start
   * @throws SQLException if there is no primary, or no driver for one of them
   */
  Lineup lineup(DatabaseSettings settings, @Nullable Lineup before) throws SQLException;

  /** Those of the code, whatever the configuration says. */
  static Servers of(Lineup fixed) {
    return (settings, before) -> before == null ? fixed : before;
  }
}
