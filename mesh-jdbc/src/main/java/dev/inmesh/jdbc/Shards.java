package dev.inmesh.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import javax.sql.DataSource;

/**
 * Which database has what a sharding key stands for: the one that is named for the key's first
 * value, otherwise one of those that are named for none, by rendezvous hashing (Thaler and
 * Ravishankar, 1998) of the whole key and the shard's name. So a shard that is added takes keys
 * from the others evenly, and no key changes between those. Immutable.
 */
final class Shards {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final String database;
  private final Map<String, DataSource> named;
  private final List<Hashed> hashed;

  /** One of those that share all other keys. */
  private record Hashed(DataSource shard, long hash) {}

  private Shards(String database, Map<String, DataSource> named, List<Hashed> hashed) {
    this.database = database;
    this.named = named;
    this.hashed = hashed;
  }

  boolean isEmpty() {
    return named.isEmpty() && hashed.isEmpty();
  }

  DataSource of(ShardKey key) throws SQLException {
    DataSource own = named.get(key.first());
    if (own != null) {
      return own;
    }
    if (hashed.isEmpty()) {
      throw new SQLNonTransientConnectionException(
          isEmpty()
              ? database + ": there are no shards, and so no use for the sharding key " + key
              : database
                  + ": no shard has the key "
                  + key.first()
                  + "; there are "
                  + named.keySet(),
          "08001");
    }
    long hash = hash(key);
    Hashed best = hashed.get(0);
    for (Hashed each : hashed) {
      if (Long.compareUnsigned(mix(hash ^ each.hash), mix(hash ^ best.hash)) > 0) {
        best = each;
      }
    }
    return best.shard;
  }

  /** Of all values, with what can't be part of a text between them. */
  private static long hash(ShardKey key) {
    long hash = FNV_OFFSET;
    for (String part : key.parts()) {
      hash = (fnv(hash, part) ^ 0xff) * FNV_PRIME;
    }
    return hash;
  }

  /** FNV-1a of the UTF-8 of a text. */
  private static long fnv(long start, String text) {
    long hash = start;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3: every bit of the one changes half of the other's. */
  private static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }

  /** Collects shards. */
  static final class Collecting {

    private final String database;
    private final Map<String, Shard> all = new LinkedHashMap<>();
    private final Map<String, String> owners = new HashMap<>();

    private record Shard(DataSource database, List<String> keys) {}

    Collecting(String database) {
      this.database = database;
    }

    void add(String name, DataSource shard, String... keys) {
      for (String key : keys) {
        if (owners.containsKey(key)) {
          throw new IllegalArgumentException(
              database + ": shard " + name + ": another shard has the key " + key + " already");
        }
      }
      if (all.putIfAbsent(name, new Shard(shard, List.of(keys))) != null) {
        throw new IllegalArgumentException(database + ": there is a shard " + name + " already");
      }
      for (String key : keys) {
        owners.put(key, name);
      }
    }

    /** The same shards, each as something else. */
    Collecting mapped(BiFunction<String, DataSource, DataSource> as) {
      Collecting mapped = new Collecting(database);
      all.forEach(
          (name, shard) ->
              mapped.add(name, as.apply(name, shard.database), shard.keys.toArray(String[]::new)));
      return mapped;
    }

    /** Each by its name. */
    Map<String, DataSource> all() {
      Map<String, DataSource> byName = new LinkedHashMap<>();
      all.forEach((name, shard) -> byName.put(name, shard.database));
      return byName;
    }

    Shards shards() {
      Map<String, DataSource> named = new LinkedHashMap<>();
      List<Hashed> hashed = new ArrayList<>();
      all.forEach(
          (name, shard) -> {
            shard.keys.forEach(key -> named.put(key, shard.database));
            if (shard.keys.isEmpty()) {
              hashed.add(new Hashed(shard.database, mix(fnv(FNV_OFFSET, name))));
            }
          });
      return new Shards(database, named, List.copyOf(hashed));
    }
  }
}
