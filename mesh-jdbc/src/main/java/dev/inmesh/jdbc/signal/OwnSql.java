package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The number that a user's statement gives. */
final class OwnSql implements Source {

  private final String key;
  private final Dedicated server;
  private final String sql;

  OwnSql(String key, Dedicated server, String sql) {
    this.key = key;
    this.server = server;
    this.sql = sql;
  }

  @Override
  public String what() {
    return key;
  }

  @Override
  public List<Measure> read(long nanos) throws SQLException, AbsentException {
    long start = System.nanoTime();
    try {
      return Figure.measure(key, server.ask(sql, this::only));
    } catch (SQLException e) {
      server.check();
      if (System.nanoTime() - start >= Dedicated.QUERY_NANOS) {
        throw new AbsentException(
            key + " gives no answer within 2 s; ask for what is there already");
      }
      throw AbsentException.because(key, e);
    }
  }

  private String only(ResultSet rows) throws SQLException, AbsentException {
    int columns = rows.getMetaData().getColumnCount();
    if (columns != 1) {
      throw new AbsentException(key + " gives " + columns + " columns" + Figure.MEND);
    }
    if (!rows.next()) {
      return "";
    }
    String value = rows.getString(1);
    if (rows.next()) {
      throw new AbsentException(key + " gives more than one row" + Figure.MEND);
    }
    return value == null ? "" : value;
  }
}
