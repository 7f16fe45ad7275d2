package dev.inmesh.jdbc;

import dev.inmesh.config.Redaction;
import dev.inmesh.jdbc.Misfits.Version;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Looks at all servers of a database at once, and says what is wrong with them and how to mend. */
final class ServerChecks {

  /** So many differences of a schema are named. */
  private static final int NAMED = 3;

  private final String name;
  private final Databases databases;
  private final Executor threads;

  private record Report(Standing standing, Version version, Set<String> columns) {}

  ServerChecks(String name, Databases databases, Executor threads) {
    this.name = name;
    this.databases = databases;
    this.threads = threads;
  }

  /**
   * What is wrong, in words.
   *
   * @param nanos how long to wait for each server
   */
  List<String> problems(long nanos) throws InterruptedException {
    Lineup lineup = databases.lineup();
    Map<Database, CompletableFuture<Report>> asked = new LinkedHashMap<>();
    asked.put(lineup.primary(), ask(lineup.primary()));
    lineup.replicas().forEach(replica -> asked.put(replica, ask(replica)));

    List<String> problems = new ArrayList<>();
    Map<Database, Report> reports = new LinkedHashMap<>();
    long end = System.nanoTime() + nanos;
    for (Map.Entry<Database, CompletableFuture<Report>> entry : asked.entrySet()) {
      Database server = entry.getKey();
      try {
        long left = Math.max(0, end - System.nanoTime());
        reports.put(server, entry.getValue().get(left, TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        problems.add(unreachable(server, e.getCause() == null ? e : e.getCause()));
      } catch (TimeoutException e) {
        problems.add(name + ": " + server + " gives no answer within " + nanos / 1_000_000 + " ms");
      }
    }
    Report primary = reports.get(lineup.primary());
    reports.forEach(
        (server, report) -> {
          boolean isPrimary = server == lineup.primary();
          Misfits.role(name, server, isPrimary, report.standing).ifPresent(problems::add);
          Misfits.version(name, server, report.version).ifPresent(problems::add);
          if (primary != null && !isPrimary) {
            compare(lineup.primary(), primary.columns, server, report.columns, problems);
          }
        });
    return List.copyOf(problems);
  }

  private CompletableFuture<Report> ask(Database server) {
    return Asking.of(server, databases.credentials(), threads, ServerChecks::report);
  }

  private String unreachable(Database server, Throwable thrown) {
    String message = Redaction.redact(String.valueOf(thrown.getMessage()));
    String state = thrown instanceof SQLException e ? String.valueOf(e.getSQLState()) : "";
    if (message.startsWith(name + ": ")) {
      // A connection of ours, whose message says it all.
      return message;
    }
    return name
        + ": "
        + server
        + (state.startsWith("28")
            ? " refuses the login: " + message + "; mend the user and password of its pool"
            : " gives no connection: " + message + "; is it there, and is its address right?");
  }

  private static Report report(Connection raw) throws SQLException {
    DatabaseMetaData data = raw.getMetaData();
    Version version =
        new Version(
            Inquiry.product(raw), data.getDatabaseMajorVersion(), data.getDatabaseMinorVersion());
    return new Report(Inquiry.of(raw), version, columns(raw, version.product()));
  }

  // ---- schemas

  /** Names and types of all columns: one query of the catalog, which is no load. */
  private static Set<String> columns(Connection raw, String product) throws SQLException {
    String own =
        switch (product) {
          case "postgresql" -> "table_schema NOT IN ('pg_catalog', 'information_schema')";
          case "mariadb", "mysql" -> "table_schema = DATABASE()";
          case "h2" -> "table_schema <> 'INFORMATION_SCHEMA'";
          default -> "";
        };
    Set<String> columns = new TreeSet<>();
    if (own.isEmpty()) {
      return columns;
    }
    try (Statement statement = raw.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT table_schema, table_name, column_name, data_type"
                    + " FROM information_schema.columns WHERE "
                    + own)) {
      while (rows.next()) {
        columns.add(
            rows.getString(1)
                + "."
                + rows.getString(2)
                + "."
                + rows.getString(3)
                + " "
                + rows.getString(4));
      }
    } finally {
      if (!raw.getAutoCommit()) {
        raw.rollback();
      }
    }
    return columns;
  }

  private void compare(
      Database primary, Set<String> there, Database server, Set<String> here, List<String> into) {
    Set<String> missing = new TreeSet<>(there);
    missing.removeAll(here);
    Set<String> more = new TreeSet<>(here);
    more.removeAll(there);
    if (missing.isEmpty() && more.isEmpty()) {
      return;
    }
    into.add(
        name
            + ": the tables of "
            + server
            + " differ from those of "
            + primary
            + ":"
            + named(" it lacks ", missing)
            + (missing.isEmpty() || more.isEmpty() ? "" : ";")
            + named(" it alone has ", more)
            + "; is it the same database, and has it replayed the last changes?");
  }

  private static String named(String what, Set<String> columns) {
    if (columns.isEmpty()) {
      return "";
    }
    String some = String.join(", ", columns.stream().limit(NAMED).toList());
    int others = columns.size() - NAMED;
    return what + some + (others > 0 ? " and " + others + " more" : "");
  }
}
