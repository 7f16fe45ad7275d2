package dev.inmesh.jdbc;

import dev.inmesh.call.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Times statements in Micrometer as {@code mesh.jdbc.statements}, tagged with the database's name,
 * the server and the outcome, and counts those that were stopped as {@code mesh.jdbc.timeouts} by
 * what they waited for. Safe for concurrent use.
 */
final class StatementMeters {

  /** The times that each registry has already: of two databases of one name the sum is shown. */
  private static final Map<MeterRegistry, ConcurrentMap<String, Times>> KNOWN = new WeakHashMap<>();

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
    return known == null ? servers.computeIfAbsent(server, this::times) : known;
  }

  private ServerTimes times(String server) {
    ConcurrentMap<String, Times> there;
    synchronized (KNOWN) {
      there = KNOWN.computeIfAbsent(registry, r -> new ConcurrentHashMap<>());
    }
    String key = database + ' ' + server + ' ';
    return new ServerTimes(
        there.computeIfAbsent(key + "success", k -> registered(server, "success")),
        there.computeIfAbsent(key + "failure", k -> registered(server, "failure")));
  }

  private Times registered(String server, String outcome) {
    Times times = new Times();
    FunctionTimer.builder(
            "mesh.jdbc.statements",
            times,
            t -> t.count.sum(),
            t -> t.nanos.sum(),
            TimeUnit.NANOSECONDS)
        .description("Statements, from being run until they answer")
        .tag("database", database)
        .tag("server", server)
        .tag("outcome", outcome)
        .register(registry);
    return times;
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

  /** A count and a sum: Micrometer's own timer would read the clock each time, for its maximum. */
  private static final class Times {

    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
  }

  /** The times of one server's statements, from being run until they answer. */
  static final class ServerTimes {

    private final Times success;
    private final Times failure;

    private ServerTimes(Times success, Times failure) {
      this.success = success;
      this.failure = failure;
    }

    void record(boolean succeeded, long nanos) {
      Times times = succeeded ? success : failure;
      times.count.increment();
      times.nanos.add(nanos);
    }
  }
}
