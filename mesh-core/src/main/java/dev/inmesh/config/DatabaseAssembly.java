package dev.inmesh.config;

import dev.inmesh.config.Resolution.Written;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the settings of the databases from the keys. */
final class DatabaseAssembly {

  private final Resolution keys;
  private final Problems problems;

  DatabaseAssembly(Resolution keys, Problems problems) {
    this.keys = keys;
    this.problems = problems;
  }

  Map<String, DatabaseSettings> databases() {
    Map<String, DatabaseSettings> databases = new TreeMap<>();
    for (Written written : keys.all()) {
      String name = written.name().scope().database();
      if (!name.isEmpty() && !databases.containsKey(name)) {
        databases.put(name, database(name));
      }
    }
    return Collections.unmodifiableMap(databases);
  }

  DatabaseSettings database(String name) {
    Scope scope = Scope.database(name);
    Optional<DatabaseServer> primary = keys.value(scope, Grammar.JDBC_PRIMARY);
    List<DatabaseServer> replicas = keys.value(scope, Grammar.JDBC_REPLICAS).orElse(List.of());
    checkReplicas(scope, primary, replicas);
    return new DatabaseSettings(
        name,
        primary,
        replicas,
        keys.value(scope, Grammar.JDBC_USER),
        keys.value(scope, Grammar.JDBC_PASSWORD).map(Secret::new),
        keys.find(scope, Grammar.JDBC_READ_ROUTING),
        keys.value(scope, Grammar.JDBC_BALANCER),
        zone(scope),
        keys.value(scope, Grammar.JDBC_TIMEOUT),
        keys.value(scope, Grammar.JDBC_TIMEOUT_CONNECT),
        keys.find(scope, Grammar.JDBC_CONSISTENCY),
        keys.value(scope, Grammar.JDBC_MAX_LAG),
        keys.value(scope, Grammar.JDBC_MAX_CONNECTIONS),
        functions(scope),
        shards(scope),
        keys.value(scope, Grammar.JDBC_FAILOVER),
        throttle(scope));
  }

  private ThrottleSettings throttle(Scope scope) {
    DiskSource source = keys.value(scope, Grammar.JDBC_THROTTLE_SIGNAL);
    Optional<String> sql = keys.value(scope, Grammar.JDBC_THROTTLE_SQL);
    Optional<String> file = keys.value(scope, Grammar.JDBC_THROTTLE_FILE);
    Optional<String> url = keys.value(scope, Grammar.JDBC_THROTTLE_URL);
    switch (source) {
      case SQL -> needs(scope, source, sql, Grammar.JDBC_THROTTLE_SQL);
      case FILE -> needs(scope, source, file, Grammar.JDBC_THROTTLE_FILE);
      case PROMETHEUS, URL -> needs(scope, source, url, Grammar.JDBC_THROTTLE_URL);
      default -> {}
    }
    int least = keys.value(scope, Grammar.JDBC_THROTTLE_MIN_PERMITS);
    Optional<Integer> most = keys.value(scope, Grammar.JDBC_THROTTLE_MAX_PERMITS);
    if (most.isPresent() && most.get() < least) {
      problems.add(
          keys.written(scope, Grammar.JDBC_THROTTLE_MAX_PERMITS).orElseThrow().setting(),
          ProblemCode.OUT_OF_RANGE,
          most.get()
              + " is less than throttle.min-permits, "
              + least
              + "; raise it, or lower that");
    }
    return new ThrottleSettings(
        keys.value(scope, Grammar.JDBC_THROTTLE_MODE),
        source,
        sql,
        file,
        url,
        keys.value(scope, Grammar.JDBC_THROTTLE_DEVICE),
        keys.value(scope, Grammar.JDBC_THROTTLE_MAX_WAIT),
        least,
        most,
        keys.value(scope, Grammar.JDBC_THROTTLE_CLASS));
  }

  private void needs(Scope scope, DiskSource source, Optional<String> what, Key<?> key) {
    if (what.isEmpty() && keys.written(scope, key).isEmpty()) {
      String word = source.name().toLowerCase(Locale.ROOT);
      String needed = "mesh.jdbc." + scope.database() + "." + key.name();
      problems.add(
          keys.written(scope, Grammar.JDBC_THROTTLE_SIGNAL).orElseThrow().setting(),
          ProblemCode.MISSING,
          Echo.quoted(word) + " needs " + needed + ", which is not set; set it");
    }
  }

  private void checkReplicas(
      Scope scope, Optional<DatabaseServer> primary, List<DatabaseServer> replicas) {
    for (DatabaseServer replica : replicas) {
      if (primary.isPresent() && primary.get().name().equals(replica.name())) {
        problems.add(
            keys.written(scope, Grammar.JDBC_REPLICAS).orElseThrow().setting(),
            ProblemCode.DUPLICATE,
            Echo.quoted(replica.name()) + " is the primary already; remove it here");
      }
    }
  }

  /** A shard may be one of code's, so that a name that no key knows is no mistake. */
  private List<DatabaseShard> shards(Scope scope) {
    List<DatabaseShard> shards = keys.value(scope, Grammar.JDBC_SHARDS).orElse(List.of());
    Map<String, String> owners = new HashMap<>();
    for (DatabaseShard shard : shards) {
      if (shard.database().equals(scope.database())) {
        refuse(scope, shard.database() + " would be a shard of itself; name another database");
      }
      for (String key : shard.keys()) {
        String other = owners.putIfAbsent(key, shard.database());
        if (other != null) {
          refuse(scope, "key " + Echo.quoted(key) + " is " + other + "'s already; remove one");
        }
      }
    }
    return shards;
  }

  private void refuse(Scope scope, String words) {
    problems.add(
        keys.written(scope, Grammar.JDBC_SHARDS).orElseThrow().setting(),
        ProblemCode.DUPLICATE,
        words);
  }

  private Set<String> functions(Scope scope) {
    List<String> written = keys.value(scope, Grammar.JDBC_PURE_FUNCTIONS).orElse(List.of());
    return Collections.unmodifiableSet(new TreeSet<>(written));
  }

  private String zone(Scope scope) {
    String zone = keys.value(scope, Grammar.JDBC_PREFER_ZONE).orElse("");
    if (!zone.equals(PlaceType.OWN)) {
      return zone;
    }
    Optional<String> own = keys.value(Scope.GLOBAL, Grammar.ZONE);
    if (own.isEmpty()) {
      problems.add(
          keys.written(scope, Grammar.JDBC_PREFER_ZONE).orElseThrow().setting(),
          ProblemCode.MISSING,
          "'own' needs mesh.zone, which is not set; set it, or name the zone");
    }
    return own.orElse("");
  }
}
