package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one row that EXPLAIN MESH answers with: three texts, which no server has given. */
final class Explanation extends Logical {

  private static final List<String> COLUMNS = List.of("target", "server", "reason");

  private final Statement statement;
  private final List<String> values;
  private int row;
  private boolean closed;

  private Explanation(Statement statement, List<String> values) {
    this.statement = statement;
    this.values = values;
  }

  /** Where the explained statement would go. */
  static ResultSet of(Session session, Statement statement, String explained) throws SQLException {
    Route route = session.explain(session.verdict(explained));
    List<String> values = List.of(route.target(), session.server(route), route.reason());
    return Proxies.RESULT.make(new Explanation(statement, values));
  }

  @Override
  @Nullable Object call(Object proxy, Method method, Object[] args) throws SQLException {
    String name = method.getName();
    switch (name) {
      case "close" -> {
        closed = true;
        return null;
      }
      case "isClosed" -> {
        return closed;
      }
      default -> {}
    }
    if (closed) {
      throw new SQLException("result set is closed", "24000");
    }
    return switch (name) {
      case "next" -> {
        row = Math.min(row + 1, 2);
        yield row == 1;
      }
      case "getString", "getNString", "getObject" -> value(column(args[0]));
      case "findColumn" -> column(args[0]);
      case "getMetaData" -> Proxies.COLUMNS.make(new Columns());
      case "getStatement" -> statement;
      case "getRow" -> row == 1 ? 1 : 0;
      case "isBeforeFirst" -> row == 0;
      case "isFirst", "isLast" -> row == 1;
      case "isAfterLast" -> row == 2;
      case "getType" -> ResultSet.TYPE_FORWARD_ONLY;
      case "getConcurrency" -> ResultSet.CONCUR_READ_ONLY;
      case "getHoldability" -> ResultSet.HOLD_CURSORS_OVER_COMMIT;
      case "getFetchDirection" -> ResultSet.FETCH_FORWARD;
      case "wasNull", "rowUpdated", "rowInserted", "rowDeleted" -> false;
      case "getFetchSize" -> 0;
      case "getWarnings", "getCursorName", "clearWarnings", "setFetchSize" -> null;
      case "unwrap" -> unwrap(proxy, (Class<?>) args[0]);
      case "isWrapperFor" -> ((Class<?>) args[0]).isInstance(proxy);
      default -> throw new SQLFeatureNotSupportedException(name + " of EXPLAIN MESH");
    };
  }

  private String value(int column) throws SQLException {
    if (row != 1) {
      throw new SQLException("no row here", "24000");
    }
    return values.get(column - 1);
  }

  private static int column(Object asked) throws SQLException {
    int column =
        asked instanceof Integer number
            ? number
            : COLUMNS.indexOf(String.valueOf(asked).toLowerCase(Locale.ROOT)) + 1;
    if (column < 1 || column > COLUMNS.size()) {
      throw new SQLException("no column " + asked + "; there are " + COLUMNS, "42703");
    }
    return column;
  }

  @Override
  Object unwrapped() {
    return this;
  }

  @Override
  public String toString() {
    return "explanation " + values;
  }

  /** What is known of the three columns. */
  private static final class Columns extends Logical {

    @Override
    @Nullable Object call(Object proxy, Method method, Object[] args) throws SQLException {
      String name = method.getName();
      return switch (name) {
        case "getColumnCount" -> COLUMNS.size();
        case "getColumnName", "getColumnLabel" -> COLUMNS.get(column(args[0]) - 1);
        case "getColumnType" -> Types.VARCHAR;
        case "getColumnTypeName" -> "VARCHAR";
        case "getColumnClassName" -> String.class.getName();
        case "getColumnDisplaySize" -> 80;
        case "getPrecision", "getScale" -> 0;
        case "isNullable" -> ResultSetMetaData.columnNoNulls;
        case "isReadOnly", "isCaseSensitive", "isSearchable" -> true;
        case "isAutoIncrement", "isCurrency", "isSigned", "isWritable", "isDefinitelyWritable" ->
            false;
        case "getSchemaName", "getTableName", "getCatalogName" -> "";
        case "unwrap" -> unwrap(proxy, (Class<?>) args[0]);
        case "isWrapperFor" -> ((Class<?>) args[0]).isInstance(proxy);
        default -> throw new SQLFeatureNotSupportedException(name + " of EXPLAIN MESH");
      };
    }

    @Override
    Object unwrapped() {
      return this;
    }

    @Override
    public String toString() {
      return "columns " + COLUMNS;
    }
  }
}
