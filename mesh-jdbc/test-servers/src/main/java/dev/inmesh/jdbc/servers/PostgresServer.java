package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** PostgreSQL 18. A replica of it is a streaming standby. */
public final class PostgresServer implements DatabaseServer {

  private static final String SUPERUSER = "postgres";
  private static final String USER = "app";

  private static final List<String> OPTIONS =
      List.of(
          "listen_addresses=127.0.0.1",
          "unix_socket_directories=",
          "max_connections=100",
          "shared_buffers=32MB",
          // Its files go with the data.
          "dynamic_shared_memory_type=mmap",
          "fsync=off",
          "full_page_writes=off",
          // It would wait for, or cancel, what reads a standby.
          "autovacuum=off",
          "wal_level=replica",
          "wal_keep_size=2GB",
          "wal_retrieve_retry_interval=100ms",
          "log_checkpoints=off");

  /** Key and number of the segment, in the file that a server leaves when it is killed. */
  private static final int SEGMENT_LINE = 6;

  /** What nobody has written to yet: the cold copy that primaries and standbys begin with. */
  private static @Nullable Path template;

  private final int port;
  private final Path folder;
  private final Daemon daemon;
  private final List<String> more;

  private PostgresServer(int port, Path folder, Daemon daemon, List<String> more) {
    this.port = port;
    this.folder = folder;
    this.daemon = daemon;
    this.more = more;
  }

  /** Starts a primary. */
  public static PostgresServer start() throws IOException, SQLException {
    return start(List.of());
  }

  /**
   * Starts a primary with settings of its own, as {@code fsync=on}; its standbys get them too. They
   * go before those that every server here has.
   */
  public static PostgresServer start(List<String> options) throws IOException, SQLException {
    PostgresServer primary = start(null, List.copyOf(options));
    primary.run("CREATE USER " + USER + " PASSWORD '" + USER + "'");
    return primary;
  }

  private static PostgresServer start(@Nullable PostgresServer primary, List<String> more)
      throws IOException, SQLException {
    Workspace workspace = Workspace.shared();
    Path folder = workspace.folder("pg");
    Path data = folder.resolve("data");
    Workspace.copy(template(), data);
    if (primary != null) {
      Files.createFile(data.resolve("standby.signal"));
    }
    int port = FreePort.choose();
    List<String> command = new ArrayList<>(workspace.unprivileged());
    command.add(Binaries.postgres().resolve("bin/postgres").toString());
    command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
    List<String> options = new ArrayList<>(OPTIONS);
    if (primary != null) {
      options.add("primary_conninfo=host=127.0.0.1 port=" + primary.port + " user=" + SUPERUSER);
    }
    // Of two values the last counts.
    options.addAll(more);
    options.forEach(option -> command.addAll(List.of("-c", option)));
    PostgresServer server =
        new PostgresServer(port, folder, new Daemon(command, folder.resolve("log"), "QUIT"), more);
    server.restart();
    return server;
  }

  private static synchronized Path template() throws IOException {
    if (template == null) {
      Workspace workspace = Workspace.shared();
      Path data = workspace.folder("pg-template").resolve("data");
      List<String> command = new ArrayList<>(workspace.unprivileged());
      command.add(Binaries.postgres().resolve("bin/initdb").toString());
      command.addAll(List.of("-D", data.toString(), "-U", SUPERUSER, "-A", "trust"));
      command.addAll(List.of("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"));
      Workspace.run(command);
      template = data;
    }
    return template;
  }

  @Override
  public String url(String database) {
    return address(database) + "?user=" + USER + "&password=" + USER;
  }

  private String address(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public DataSource dataSource(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url(database));
    return source;
  }

  @Override
  public Connection admin() throws SQLException {
    return DriverManager.getConnection(address("postgres"), SUPERUSER, "");
  }

  @Override
  public void createDatabase(String name) throws SQLException {
    run("CREATE DATABASE " + name + " OWNER " + USER);
  }

  @Override
  public PostgresServer replica() throws IOException, SQLException {
    return start(this, more);
  }

  @Override
  public void kill() {
    daemon.kill();
  }

  @Override
  public void restart() throws IOException, SQLException {
    daemon.start(this::admin);
  }

  @Override
  public void pause() throws IOException {
    daemon.signal("STOP");
  }

  @Override
  public void resume() throws IOException {
    daemon.signal("CONT");
  }

  @Override
  public void promote() throws SQLException {
    run("SELECT pg_promote(true, 30)");
  }

  @Override
  public void hold() throws SQLException {
    run("SELECT pg_wal_replay_pause()");
  }

  @Override
  public void release() throws SQLException {
    run("SELECT pg_wal_replay_resume()");
  }

  @Override
  public void delay(Duration lag) throws SQLException {
    run("ALTER SYSTEM SET recovery_min_apply_delay = " + lag.toMillis());
    run("SELECT pg_reload_conf()");
  }

  @Override
  public void awaitReplayed(DatabaseServer replica) throws SQLException {
    String written = ask(this, "SELECT pg_current_wal_insert_lsn()");
    String there = "SELECT pg_last_wal_replay_lsn() >= '" + written + "'";
    Await.until(() -> ask(replica, there).equals("t"));
  }

  /** Where its files are. */
  Path data() {
    return folder.resolve("data");
  }

  /** Those that it is made of, the one that starts the others first. */
  List<ProcessHandle> processes() {
    return daemon.processes();
  }

  private static String ask(DatabaseServer server, String sql) throws SQLException {
    try (Connection connection = server.admin();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws IOException {
    daemon.end();
    forgetSegment();
    Workspace.delete(folder);
  }

  /** One that was killed, and not started again, leaves the machine a segment of shared memory. */
  private void forgetSegment() throws IOException {
    Path pid = data().resolve("postmaster.pid");
    List<String> lines = Files.exists(pid) ? Files.readAllLines(pid) : List.of();
    if (lines.size() > SEGMENT_LINE) {
      String segment = lines.get(SEGMENT_LINE).strip();
      String number = segment.substring(segment.lastIndexOf(' ') + 1);
      Workspace.run(List.of("ipcrm", "-m", number));
    }
  }

  @Override
  public String toString() {
    return "PostgreSQL on port " + port;
  }
}
