package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseShard;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a database as they are now: those of its key {@code shards} if that says anything,
 * otherwise those of code. A shard that the key names is code's of that name, or a configured
 * database. Safe for concurrent use.
 */
final class CurrentShards {

  /** Makes the DataSource of a configured database. */
  interface Configured {

    DataSource open(String name) throws SQLException;
  }

  private final String database;
  private final Supplier<List<DatabaseShard>> written;
  private final Map<String, DataSource> named;
  private final Shards ofCode;
  private final Configured configured;
  private volatile @Nullable Made made;

  /** What was made of a key's value. */
  private record Made(List<DatabaseShard> written, Shards shards) {}

  CurrentShards(
      String database,
      Supplier<List<DatabaseShard>> written,
      Shards.Collecting ofCode,
      Configured configured) {
    this.database = database;
    this.written = written;
    this.named = ofCode.all();
    this.ofCode = ofCode.shards();
    this.configured = configured;
  }

  /**
   * The shards.
   *
   * @throws SQLException if one of the key's is neither code's nor configured
   */
  Shards now() throws SQLException {
    List<DatabaseShard> entries = written.get();
    if (entries.isEmpty()) {
      return ofCode;
    }
    Made known = made;
    if (known == null || !known.written.equals(entries)) {
      // Two threads may make it at once: configured databases are there once all the same.
      known = new Made(entries, make(entries));
      made = known;
    }
    return known.shards;
  }

  private Shards make(List<DatabaseShard> entries) throws SQLException {
    Shards.Collecting shards = new Shards.Collecting(database);
    for (DatabaseShard entry : entries) {
      DataSource own = named.get(entry.database());
      shards.add(
          entry.database(),
          own == null ? configured.open(entry.database()) : own,
          entry.keys().toArray(String[]::new));
    }
    return shards.shards();
  }
}
