package dev.inmesh.jdbc;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A program of JDBC calls made at random from a seed, the same ones whatever comes of them, and
 * what came of each.
 */
final class RandomProgram {

  private static final int IDS = 40;

  private final Random random;
  private final Flavor flavor;
  private final DataSource database;
  private final List<String> outcomes = new ArrayList<>();

  private @Nullable Connection connection;
  private boolean autoCommit = true;
  private boolean readOnly;
  private @Nullable Savepoint savepoint;
  private @Nullable PreparedStatement insert;
  private @Nullable PreparedStatement select;
  private @Nullable Statement batch;
  private @Nullable Statement reading;
  private @Nullable ResultSet open;

  RandomProgram(long seed, Flavor flavor, DataSource database) {
    this.random = new Random(seed);
    this.flavor = flavor;
    this.database = database;
  }

  /** One thing that a program does. */
  private interface Act {
    @Nullable Object run() throws SQLException, IOException;
  }

  /** What came of each of so many calls, and what is in the tables in the end. */
  List<String> run(int statements) throws SQLException {
    for (int i = 0; i < statements; i++) {
      step();
    }
    disconnect();
    try (Connection last = database.getConnection();
        Statement statement = last.createStatement()) {
      for (String table : List.of("item", "entry", "large")) {
        String all = "/* mesh:primary */ SELECT * FROM " + table + " ORDER BY id";
        try (ResultSet rows = statement.executeQuery(all)) {
          outcomes.add(table + " " + read(rows));
        }
      }
    }
    return outcomes;
  }

  private void step() throws SQLException {
    Connection c = connection();
    int id = random.nextInt(IDS);
    String name = "n" + random.nextInt(1000);
    int kind = random.nextInt(100);
    // A read-only transaction may be at a replica, where a write fails by declaration.
    boolean mayWrite = autoCommit || !readOnly;
    if (kind < 30) {
      reads(c, id, kind);
    } else if (kind < 62) {
      if (mayWrite) {
        writes(c, id, name, kind);
      } else {
        reads(c, id, kind % 30);
      }
    } else if (kind < 78) {
      transactions(c, kind);
    } else if (kind < 90) {
      streams(c, id, kind);
    } else {
      closes(c, kind);
    }
  }

  private Connection connection() throws SQLException {
    Connection c = connection;
    if (c == null) {
      c = database.getConnection();
      connection = c;
      autoCommit = true;
      readOnly = false;
    }
    return c;
  }

  // ---- reads

  private void reads(Connection c, int id, int kind) {
    if (kind < 8) {
      query(c, "SELECT name, amount FROM item WHERE id = " + id);
    } else if (kind < 12) {
      query(c, "SELECT COUNT(*), SUM(amount) FROM item");
    } else if (kind < 16) {
      query(c, "WITH a AS (SELECT id FROM item WHERE id < " + id + ") SELECT MAX(id) FROM a");
    } else if (kind < 24) {
      act("prepared read", () -> preparedRead(c, id));
    } else if (kind < 26) {
      act("clob", () -> clob(c, id));
    } else if (kind < 27) {
      act("callable", () -> callable(c, id));
    } else if (kind < 28) {
      act("meta data", () -> tables(c));
    } else {
      query(c, "SELECT nonsense FROM item");
    }
  }

  private void query(Connection c, String sql) {
    act(
        sql,
        () -> {
          try (Statement statement = c.createStatement();
              ResultSet rows = statement.executeQuery(sql)) {
            return read(rows);
          }
        });
  }

  private String preparedRead(Connection c, int id) throws SQLException {
    PreparedStatement statement = select;
    if (statement == null) {
      statement =
          c.prepareStatement("SELECT id, name, ? FROM item WHERE id BETWEEN ? AND ? ORDER BY id");
      select = statement;
      statement.setString(1, "mark");
      statement.setInt(2, id);
    }
    statement.setInt(3, id + 5);
    try (ResultSet rows = statement.executeQuery()) {
      return read(rows);
    }
  }

  private @Nullable String clob(Connection c, int id) throws SQLException, IOException {
    try (PreparedStatement statement =
        c.prepareStatement("SELECT body, bytes FROM large WHERE id = ?")) {
      statement.setInt(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return "none";
        }
        boolean lobs = flavor.lobs();
        StringWriter body = new StringWriter();
        try (Reader reader =
            lobs ? rows.getClob(1).getCharacterStream() : rows.getCharacterStream(1)) {
          reader.transferTo(body);
        }
        byte[] bytes = lobs ? rows.getBlob(2).getBytes(1, 1000) : rows.getBytes(2);
        return body.toString().length() + " " + Arrays.hashCode(bytes);
      }
    }
  }

  private String callable(Connection c, int id) throws SQLException {
    if (flavor.callGivesRows()) {
      try (CallableStatement statement = c.prepareCall("CALL ABS(?)")) {
        statement.setInt(1, -id);
        try (ResultSet rows = statement.executeQuery()) {
          return read(rows);
        }
      }
    }
    try (CallableStatement statement = c.prepareCall("{? = call abs(?)}")) {
      statement.registerOutParameter(1, Types.INTEGER);
      statement.setInt(2, -id);
      statement.execute();
      return statement.getString(1);
    }
  }

  private String tables(Connection c) throws SQLException {
    StringBuilder names = new StringBuilder();
    try (ResultSet rows =
        c.getMetaData().getTables(flavor.catalog(c), flavor.schema(), "%", null)) {
      while (rows.next()) {
        names.append(rows.getString("TABLE_NAME")).append(' ');
      }
    }
    return names.toString();
  }

  // ---- writes

  private void writes(Connection c, int id, String name, int kind) {
    if (kind < 38) {
      update(c, "INSERT INTO item VALUES (" + id + ", '" + name + "', " + id + ")");
    } else if (kind < 43) {
      update(c, "UPDATE item SET amount = amount + 1 WHERE id < " + id);
    } else if (kind < 46) {
      update(c, "DELETE FROM item WHERE id = " + id);
    } else if (kind < 51) {
      act("prepared write", () -> preparedWrite(c, id, name));
    } else if (kind < 54) {
      act("keys", () -> keys(c, name));
    } else if (kind < 57) {
      act("large", () -> large(c, id, name));
    } else if (kind < 61) {
      act("add to batch", () -> addToBatch(c, id, name));
    } else {
      act("prepared batch", () -> preparedBatch(c, id, name));
    }
  }

  private void update(Connection c, String sql) {
    boolean either = random.nextBoolean();
    act(
        sql,
        () -> {
          try (Statement statement = c.createStatement()) {
            return either
                ? statement.executeUpdate(sql)
                : statement.execute(sql) + " " + statement.getUpdateCount();
          }
        });
  }

  private int preparedWrite(Connection c, int id, String name) throws SQLException {
    PreparedStatement statement = insert;
    if (statement == null) {
      statement = c.prepareStatement("UPDATE item SET name = ?, amount = ? WHERE id = ?");
      insert = statement;
      statement.setInt(2, id);
    }
    statement.setString(1, name);
    statement.setInt(3, id);
    return statement.executeUpdate();
  }

  private static String keys(Connection c, String name) throws SQLException {
    try (PreparedStatement statement =
        c.prepareStatement("INSERT INTO entry(text) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
      statement.setString(1, name);
      statement.executeUpdate();
      try (ResultSet rows = statement.getGeneratedKeys()) {
        return read(rows);
      }
    }
  }

  private int large(Connection c, int id, String name) throws SQLException {
    try (PreparedStatement statement = c.prepareStatement(flavor.replace)) {
      statement.setInt(1, id);
      statement.setCharacterStream(2, new StringReader(name.repeat(500)));
      statement.setBytes(3, new byte[300 + id]);
      return statement.executeUpdate();
    }
  }

  private @Nullable Object addToBatch(Connection c, int id, String name) throws SQLException {
    Statement statement = batch;
    if (statement == null) {
      statement = c.createStatement();
      batch = statement;
    }
    statement.addBatch("UPDATE item SET name = '" + name + "' WHERE id = " + id);
    return null;
  }

  private static String preparedBatch(Connection c, int id, String name) throws SQLException {
    try (PreparedStatement statement = c.prepareStatement("INSERT INTO item VALUES (?, ?, 0)")) {
      for (int i = 0; i < 3; i++) {
        statement.setInt(1, IDS + id * 3 + i);
        statement.setString(2, name);
        statement.addBatch();
      }
      return Arrays.toString(statement.executeBatch());
    }
  }

  // ---- transactions

  private void transactions(Connection c, int kind) {
    if (kind < 66) {
      boolean on = !autoCommit;
      savepoint = null;
      act(
          "autocommit " + on,
          () -> {
            try {
              endCursor();
              c.setAutoCommit(on);
            } finally {
              autoCommit = c.getAutoCommit();
            }
            return autoCommit;
          });
    } else if (autoCommit && kind < 70) {
      boolean on = !readOnly;
      readOnly = on;
      act(
          "read-only " + on,
          () -> {
            c.setReadOnly(on);
            return null;
          });
    } else if (!autoCommit && kind < 72) {
      act(
          "savepoint",
          () -> {
            savepoint = c.setSavepoint("s");
            return null;
          });
    } else if (!autoCommit && kind < 74 && savepoint != null) {
      Savepoint to = savepoint;
      act(
          "rollback to savepoint",
          () -> {
            c.rollback(to);
            return null;
          });
    } else if (!autoCommit) {
      savepoint = null;
      boolean commits = kind < 77;
      act(
          "end " + commits,
          () -> {
            endCursor();
            if (commits) {
              c.commit();
            } else {
              c.rollback();
            }
            return null;
          });
    }
  }

  /**
   * PostgreSQL's cursors end with their transaction. Whoever reads on is told so, and by that fails
   * the next transaction too, if it is on the same physical connection.
   */
  private void endCursor() throws SQLException {
    Statement cursor = flavor == Flavor.POSTGRESQL ? reading : null;
    if (cursor != null) {
      open = null;
      reading = null;
      cursor.close();
    }
  }

  // ---- results that stay open, and closes in any order

  private void streams(Connection c, int id, int kind) throws SQLException {
    ResultSet rows = open;
    if (rows == null) {
      act(
          "open",
          () -> {
            Statement statement = c.createStatement();
            reading = statement;
            statement.setFetchSize(1);
            open = statement.executeQuery(flavor.many);
            return null;
          });
    } else if (kind < 88) {
      act("next", () -> rows.next() ? rows.getInt(1) + " " + rows.getObject("x") : "end");
    } else {
      act(
          "same statement",
          () -> {
            Statement statement = reading;
            open = null;
            reading = null;
            if (statement == null) {
              return null;
            }
            try (statement;
                ResultSet other = statement.executeQuery("SELECT " + id)) {
              return read(other);
            }
          });
    }
  }

  private void closes(Connection c, int kind) throws SQLException {
    if (kind < 93) {
      act(
          "run batch",
          () -> {
            Statement statement = batch;
            batch = null;
            if (statement == null) {
              return null;
            }
            try (statement) {
              boolean mayWrite = autoCommit || !readOnly;
              return mayWrite ? Arrays.toString(statement.executeBatch()) : "not now";
            }
          });
    } else if (kind < 95) {
      act(
          "close prepared",
          () -> {
            PreparedStatement statement = random.nextBoolean() ? insert : select;
            if (statement != null) {
              statement.close();
            }
            if (statement == insert) {
              insert = null;
            }
            if (statement == select) {
              select = null;
            }
            return null;
          });
    } else if (kind < 97) {
      act(
          "close result or its statement",
          () -> {
            ResultSet rows = open;
            Statement statement = reading;
            boolean result = random.nextBoolean();
            open = null;
            reading = null;
            if (rows != null && statement != null) {
              if (result) {
                rows.close();
              }
              statement.close();
              rows.close();
              return rows.isClosed() && statement.isClosed();
            }
            return null;
          });
    } else if (kind < 98) {
      disconnect();
    } else {
      act("valid", () -> c.isValid(1) && !c.isClosed());
    }
  }

  private void disconnect() throws SQLException {
    Connection c = connection;
    if (c != null) {
      // What a close does to an open transaction is every driver's own business.
      if (!autoCommit) {
        c.rollback();
      }
      c.close();
    }
    connection = null;
    savepoint = null;
    insert = null;
    select = null;
    batch = null;
    reading = null;
    open = null;
  }

  private void act(String what, Act act) {
    String outcome;
    try {
      outcome = String.valueOf(act.run());
    } catch (SQLException e) {
      outcome = "SQLState " + e.getSQLState();
    } catch (IOException e) {
      outcome = e.toString();
    }
    outcomes.add(outcomes.size() + " " + what + ": " + outcome);
  }

  private static String read(ResultSet rows) throws SQLException {
    StringBuilder all = new StringBuilder();
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      for (int i = 1; i <= columns; i++) {
        all.append(rows.getString(i)).append(i < columns ? "," : ";");
      }
    }
    return all.toString();
  }
}
