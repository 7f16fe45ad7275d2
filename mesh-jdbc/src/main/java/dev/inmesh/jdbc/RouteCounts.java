package dev.inmesh.jdbc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts routes in Micrometer as {@code mesh.jdbc.routes}, tagged with the database's name, the
 * target and the reason, without the names of functions and hints. Safe for concurrent use.
 */
final class RouteCounts {

  private static final String[] NAMING = {"unknown function", "unknown hint", "function"};

  private final String database;
  private final MeterRegistry registry;
  private final ConcurrentMap<String, Counter> primary = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Counter> replica = new ConcurrentHashMap<>();

  RouteCounts(String database, MeterRegistry registry) {
    this.database = database;
    this.registry = registry;
  }

  void count(Route route) {
    ConcurrentMap<String, Counter> counters = route.replica() ? replica : primary;
    Counter counter = counters.get(route.reason());
    if (counter == null) {
      String reason = withoutName(route.reason());
      counter = counters.computeIfAbsent(reason, r -> counter(route.target(), r));
    }
    counter.increment();
  }

  private Counter counter(String target, String reason) {
    return Counter.builder("mesh.jdbc.routes")
        .description("Statements by where they went, and why")
        .tag("database", database)
        .tag("target", target)
        .tag("reason", reason)
        .register(registry);
  }

  /** What users call their functions must not make meters. */
  private static String withoutName(String reason) {
    for (String naming : NAMING) {
      if (reason.startsWith(naming)) {
        return naming;
      }
    }
    return reason;
  }
}
