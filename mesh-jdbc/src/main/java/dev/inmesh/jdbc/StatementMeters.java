package dev.inmesh.jdbc;

import dev.inmesh.call.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Times statements in Micrometer as {@code mesh.jdbc.statements}, tagged with the database's name,
 * the server and the outcome, and counts those that were stopped as {@code mesh.jdbc.timeouts} by
 * what they waited for. Safe for concurrent use.
 */
final class StatementMeters {

  private final String database;
  private final MeterRegistry registry;
  private final ConcurrentMap<String, ServerTimes> servers = new ConcurrentHashMap<>();

  StatementMeters(String database, MeterRegistry registry) {
    this.database = database;
    this.registry = registry;
  }

  /** Those of a server, to be looked up once for each connection. */
  ServerTimes of(String server) {
    ServerTimes known = servers.get(server);
    return known == null ? servers.computeIfAbsent(server, ServerTimes::new) : known;
  }

  void timedOut(Phase phase) {
    // As rare as it is slow.
    Counter.builder("mesh.jdbc.timeouts")
        .description("What was stopped because its time had run out")
        .tag("database", database)
        .tag("phase", phase.tag())
        .register(registry)
        .increment();
  }

  /** The times of one server's statements, from being run until they answer. */
  final class ServerTimes {

    private final Timer success;
    private final Timer failure;

    private ServerTimes(String server) {
      success = timer(server, "success");
      failure = timer(server, "failure");
    }

    private Timer timer(String server, String outcome) {
      return Timer.builder("mesh.jdbc.statements")
          .description("Statements, from being run until they answer")
          .tag("database", database)
          .tag("server", server)
          .tag("outcome", outcome)
          .register(registry);
    }

    void record(boolean succeeded, long nanos) {
      (succeeded ? success : failure).record(nanos, TimeUnit.NANOSECONDS);
    }
  }
}
