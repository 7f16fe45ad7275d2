package dev.inmesh.samples.bench.disk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** What the statements do. */
enum Work {

  /** Random reads by primary key of a table that is larger than what the server has in memory. */
  READS {
    @Override
    List<String> options() {
      return List.of();
    }

    @Override
    void fill(Statement statement) throws SQLException {
      statement.execute("CREATE TABLE items(id INT PRIMARY KEY, body TEXT)");
      statement.execute(
          "INSERT INTO items SELECT n, rpad(md5(n::text), 900, md5((-n)::text))"
              + " FROM generate_series(1, "
              + ROWS
              + ") n");
      // Otherwise the first to read a page would write it, too.
      statement.execute("VACUUM (FREEZE, ANALYZE) items");
      statement.execute("CHECKPOINT");
    }

    @Override
    void run(Kind kind, Connection connection, RandomGenerator random) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT body FROM items WHERE id = ?")) {
        statement.setInt(1, 1 + random.nextInt(ROWS));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          row.getString(1);
        }
      }
    }
  },

  /** Commits of small rows beside commits of 128 KB each. */
  BULK_COMMITS {
    @Override
    long bytesPerOperation() {
      return BULK.length;
    }

    @Override
    void run(Kind kind, Connection connection, RandomGenerator random) throws SQLException {
      commit(connection, kind == Kind.BATCH ? BULK : SMALL);
    }
  },

  /** Commits of small rows, of which many share one write of the log. */
  SMALL_COMMITS {
    @Override
    void run(Kind kind, Connection connection, RandomGenerator random) throws SQLException {
      commit(connection, SMALL);
    }
  };

  private static final int ROWS = 400_000;
  private static final int SEGMENTS = 320;
  private static final byte[] SMALL = new byte[100];
  private static final byte[] BULK = new byte[128 * 1024];

  static {
    new Random(1).nextBytes(BULK);
  }

  /** What its server needs besides what every server on a slow disk does. */
  List<String> options() {
    // The log alone is to meet the disk: data stays in memory, until the pause for a checkpoint.
    return List.of(
        "debug_io_direct=",
        "shared_buffers=512MB",
        "wal_keep_size=0",
        "checkpoint_timeout=1h",
        "min_wal_size=" + 16 * SEGMENTS + "MB",
        "max_wal_size=16GB",
        "bgwriter_lru_maxpages=0");
  }

  /** Makes what the statements find. */
  void fill(Statement statement) throws SQLException {
    statement.execute("CREATE TABLE notes(body BYTEA STORAGE EXTERNAL)");
    // Files of the log that are there to be used again, as in a server that has run for a while.
    for (int i = 0; i < SEGMENTS; i++) {
      statement.execute("SELECT pg_logical_emit_message(false, 'bench', 'x')");
      statement.execute("SELECT pg_switch_wal()");
    }
    statement.execute("CHECKPOINT");
  }

  /** Puts things in order before each variant. */
  void tidy(Statement statement) throws SQLException {
    if (this != READS) {
      statement.execute("TRUNCATE notes");
      recycle(statement);
    }
  }

  /** Lets files of the log be used again: on a slow disk new ones would be what is waited for. */
  void recycle(Statement statement) throws SQLException {
    if (this != READS) {
      statement.execute("CHECKPOINT");
    }
  }

  /**
   * What one of the disk's operations can move, on average; 0 if that is never what is short. The
   * kernel's own are of megabytes.
   */
  long bytesPerOperation() {
    return 0;
  }

  abstract void run(Kind kind, Connection connection, RandomGenerator random) throws SQLException;

  private static void commit(Connection connection, byte[] body) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO notes VALUES (?)")) {
      statement.setBytes(1, body);
      statement.executeUpdate();
    }
  }
}
