package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseServer;
import dev.inmesh.config.DatabaseSettings;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The servers that keys name. For one thread at a time. */
final class ConfiguredServers implements Servers {

  private final Executor threads;
  private final Map<String, Database> known = new HashMap<>();
  private String primary = "";

  ConfiguredServers(Executor threads) {
    this.threads = threads;
  }

  @Override
  public Lineup lineup(DatabaseSettings settings, @Nullable Lineup before) throws SQLException {
    String name = settings.name();
    if (settings.primary().isEmpty()) {
      throw new SQLNonTransientConnectionException(
          name + ": no primary; set mesh.jdbc." + name + ".primary", "08001");
    }
    List<DatabaseServer> servers = new ArrayList<>();
    servers.add(settings.primary().get());
    servers.addAll(settings.replicas());
    List<Database> databases = new ArrayList<>();
    for (DatabaseServer server : servers) {
      Driver unused = Drivers.of(name, server);
      databases.add(database(server, settings));
    }
    known.values().retainAll(databases);

    Database written = databases.get(0);
    boolean same = primary.equals(written.name());
    primary = written.name();
    // A server that has taken the primary's place since keeps it.
    boolean kept = same && before != null && databases.contains(before.primary());
    Database first = kept && before != null ? before.primary() : written;
    Set<String> outside = new TreeSet<>(kept && before != null ? before.outside() : Set.of());
    databases.remove(first);
    outside.retainAll(databases.stream().map(Database::name).toList());
    return new Lineup(first, List.copyOf(databases), Set.copyOf(outside));
  }

  private Database database(DatabaseServer server, DatabaseSettings settings) {
    Database database = known.get(server.name());
    if (database == null) {
      database = new Database(server.server(), new Connector(threads, server, settings));
      known.put(server.name(), database);
    } else if (database.pool() instanceof Connector connector) {
      connector.apply(server, settings);
      database.entry(server.server());
    }
    return database;
  }
}
