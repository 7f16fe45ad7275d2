package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A server that was started by this JVM, on loopback, and ends with it. Users are an ordinary one,
 * whom a read-only server refuses writes, and the superuser of {@link #admin}. What is written is
 * not safe from a crash of the machine. For one thread at a time.
 */
public sealed interface DatabaseServer extends AutoCloseable permits PostgresServer, MariaDbServer {

  /** Names of databases are never used twice: servers are shared. */
  AtomicInteger DATABASES = new AtomicInteger();

  /** Where a database of it is, with the ordinary user and the password. */
  String url(String database);

  /** Connections of the ordinary user, a new one each time. */
  DataSource dataSource(String database);

  /** A connection of the superuser, who may do everything. */
  Connection admin() throws SQLException;

  /** Makes an empty database of the ordinary user's; replicas get it too. Returns its name. */
  default String createDatabase() throws SQLException {
    String name = "test" + DATABASES.incrementAndGet();
    createDatabase(name);
    return name;
  }

  /** Makes an empty database of the ordinary user's. */
  void createDatabase(String name) throws SQLException;

  /** Starts another server that follows this one, and can only be read. */
  DatabaseServer replica() throws IOException, SQLException;

  /** {@code kill -9}. */
  void kill();

  /** Starts it again after {@link #kill}, on its port, with its data. Returns when it answers. */
  void restart() throws IOException, SQLException;

  /** Keeps it from running: connections stay open, and nothing is answered. */
  void pause() throws IOException;

  /** Ends what {@link #pause} began. */
  void resume() throws IOException;

  /** Makes a primary of a replica. */
  void promote() throws SQLException;

  /** Lets a replica replay nothing more until {@link #release}. */
  void hold() throws SQLException;

  /** Ends what {@link #hold} began. */
  void release() throws SQLException;

  /**
   * Lets a replica replay everything so much later; zero for at once. MariaDB knows whole seconds,
   * rounded up, of a clock that has only those.
   */
  void delay(Duration lag) throws SQLException;

  /** Waits, 20 seconds at most, until a replica has replayed what this one has committed. */
  void awaitReplayed(DatabaseServer replica) throws SQLException;

  /** Ends it, and deletes its data. */
  @Override
  void close() throws IOException;

  /** Runs a statement as the superuser. */
  default void run(String sql) throws SQLException {
    try (Connection connection = admin();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
