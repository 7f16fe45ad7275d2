package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.engine.EngineHost;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The databases that the keys of one mesh name, each made at its first use. */
final class ConfiguredDatabases {

  private final EngineHost host;
  private final Map<String, Cluster> clusters = new HashMap<>();

  private ConfiguredDatabases(EngineHost host) {
    this.host = host;
  }

  static ConfiguredDatabases of(EngineHost host) {
    return host.once(ConfiguredDatabases.class, () -> new ConfiguredDatabases(host));
  }

  /** The database of a name, the same one for all who ask. */
  synchronized Cluster cluster(String name) throws SQLException {
    Cluster cluster = clusters.get(name);
    if (cluster == null || !host.settings().databases().containsKey(name)) {
      cluster = open(host, name);
      clusters.put(name, cluster);
    }
    return cluster;
  }

  /**
   * A database of its own.
   *
   * @throws SQLException if there is none of this name, or no primary, or no driver for a server
   */
  static Cluster open(EngineHost host, String name) throws SQLException {
    Map<String, DatabaseSettings> known = host.settings().databases();
    if (!known.containsKey(name)) {
      throw new SQLNonTransientConnectionException(
          "no database '"
              + name
              + "': configured are "
              + known.keySet()
              + "; set mesh.jdbc."
              + name
              + ".primary",
          "08001");
    }
    Cluster cluster =
        new Cluster(
            name,
            host,
            new ConfiguredServers(host.threads()),
            new Cluster.Code(
                ReadRouting.READONLY,
                Set.of(),
                Duration.ZERO,
                Consistency.SESSION,
                Optional.empty()),
            host.meterRegistry());
    // Not waited for: a service must start while a replica is down.
    cluster.checkInBackground();
    return cluster;
  }
}
