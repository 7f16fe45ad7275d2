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
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.MariaDbDataSource;

/** MariaDB 11.4. A replica of it follows by GTID, and is read-only for the ordinary user. */
public final class MariaDbServer implements DatabaseServer {

  private static final String USER = "app";
  private static final AtomicInteger IDS = new AtomicInteger();

  private static final List<String> OPTIONS =
      List.of(
          "--user=root",
          "--bind-address=127.0.0.1",
          "--skip-name-resolve",
          // It would make itself a certificate, which takes seconds and which no replica believes.
          "--skip-ssl",
          "--character-set-server=utf8mb4",
          "--log-bin=binlog",
          "--log-slave-updates",
          "--sync-binlog=0",
          "--innodb-flush-log-at-trx-commit=2",
          "--innodb-buffer-pool-size=32M",
          "--innodb-log-file-size=16M");

  /** What nobody has written to yet: the cold copy that primaries and replicas begin with. */
  private static @Nullable Path template;

  private final int port;
  private final Path folder;
  private final Daemon daemon;
  private final List<String> more;

  private MariaDbServer(int port, Path folder, Daemon daemon, List<String> more) {
    this.port = port;
    this.folder = folder;
    this.daemon = daemon;
    this.more = more;
  }

  /** Starts a primary. */
  public static MariaDbServer start() throws IOException, SQLException {
    return start(List.of());
  }

  /**
   * Starts a primary with options of its own, as {@code --performance-schema=ON}; its replicas get
   * them too. They go before those that every server here has.
   */
  public static MariaDbServer start(List<String> options) throws IOException, SQLException {
    MariaDbServer primary = launch(List.copyOf(options));
    primary.run("CREATE USER " + USER + " IDENTIFIED BY '" + USER + "'");
    return primary;
  }

  private static MariaDbServer launch(List<String> more) throws IOException, SQLException {
    Path folder = Workspace.shared().folder("my");
    Workspace.copy(template(), folder.resolve("data"));
    int port = FreePort.choose();
    List<String> command = command(folder);
    command.addAll(OPTIONS);
    command.add("--port=" + port);
    command.add("--socket=" + folder.resolve("socket"));
    command.add("--pid-file=" + folder.resolve("pid"));
    command.add("--server-id=" + IDS.incrementAndGet());
    // Of two values the last counts.
    command.addAll(more);
    MariaDbServer server =
        new MariaDbServer(port, folder, new Daemon(command, folder.resolve("log"), "KILL"), more);
    server.restart();
    return server;
  }

  private static List<String> command(Path folder) throws IOException {
    Path home = Binaries.mariaDb();
    return new ArrayList<>(
        List.of(
            home.resolve("bin/mariadbd").toString(),
            "--no-defaults",
            "--basedir=" + home,
            "--lc-messages-dir=" + home.resolve("share"),
            "--datadir=" + folder.resolve("data"),
            "--tmpdir=" + folder));
  }

  private static synchronized Path template() throws IOException {
    if (template == null) {
      Path folder = Workspace.shared().folder("my-template");
      Path data = Files.createDirectory(folder.resolve("data"));
      List<String> command = command(folder);
      command.addAll(List.of("--bootstrap", "--user=root", "--innodb-log-file-size=16M"));
      // For tables of the system that say themselves which engine they want.
      command.add("--enforce-storage-engine=");
      Workspace.run(command, systemTables(folder.resolve("system.sql")));
      template = data;
    }
    return template;
  }

  /** What {@code mariadb-install-db} would run, without the shell that it wants. */
  private static Path systemTables(Path script) throws IOException {
    Path share = Binaries.mariaDb().resolve("share");
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket=NULL;"));
    for (String part :
        List.of("system_tables.sql", "performance_tables.sql", "system_tables_data.sql")) {
      lines.addAll(Files.readAllLines(share.resolve("mariadb_" + part)));
    }
    lines.removeIf(line -> line.contains("@current_hostname"));
    return Files.write(script, lines);
  }

  @Override
  public String url(String database) {
    return address(database) + "?user=" + USER + "&password=" + USER;
  }

  private String address(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database;
  }

  @Override
  public DataSource dataSource(String database) {
    try {
      return new MariaDbDataSource(url(database));
    } catch (SQLException e) {
      throw new IllegalArgumentException(database, e);
    }
  }

  @Override
  public Connection admin() throws SQLException {
    return DriverManager.getConnection(address(""), "root", "");
  }

  @Override
  public void createDatabase(String name) throws SQLException {
    run("CREATE DATABASE " + name);
    run("GRANT ALL ON " + name + ".* TO " + USER);
  }

  @Override
  public MariaDbServer replica() throws IOException, SQLException {
    MariaDbServer replica = launch(more);
    replica.run("SET GLOBAL read_only = 1");
    replica.run(
        "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = "
            + port
            + ", MASTER_USER = 'root', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_SSL = 0");
    replica.run("START SLAVE");
    return replica;
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
    run("STOP SLAVE");
    run("RESET SLAVE ALL");
    run("SET GLOBAL read_only = 0");
  }

  @Override
  public void hold() throws SQLException {
    run("STOP SLAVE SQL_THREAD");
  }

  @Override
  public void release() throws SQLException {
    run("START SLAVE SQL_THREAD");
  }

  @Override
  public void delay(Duration lag) throws SQLException {
    run("STOP SLAVE");
    run("CHANGE MASTER TO MASTER_DELAY = " + (lag.toMillis() + 999) / 1000);
    run("START SLAVE");
  }

  @Override
  public void awaitReplayed(DatabaseServer replica) throws SQLException {
    String written = ask(this, "SELECT @@gtid_binlog_pos");
    String there = "SELECT MASTER_GTID_WAIT('" + written + "', 0)";
    Await.until(() -> ask(replica, there).equals("0"));
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
    Workspace.delete(folder);
  }

  @Override
  public String toString() {
    return "MariaDB on port " + port;
  }
}
