package dev.inmesh.jdbc;

import dev.inmesh.config.StatementClass;
import dev.inmesh.config.ThrottleMode;
import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import dev.inmesh.jdbc.throttle.Admission;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The meters of the throttle on one server. Safe for concurrent use. */
final class ThrottleMeters implements AutoCloseable {

  private final String database;
  private final String server;
  private final MeterRegistry registry;
  private final Map<DiskOperation, Double> latencies = new ConcurrentHashMap<>();
  private final Map<DiskOperation, Meter> shown = new ConcurrentHashMap<>();
  private final List<Meter> gauges = new ArrayList<>();

  // By what happened: a statement that is only observed must not pay for finding them.
  private final Map<Waited, Timer> waits = new ConcurrentHashMap<>();
  private final Map<Refused, Counter> refusals = new ConcurrentHashMap<>();

  private record Waited(StatementClass of, boolean admitted) {}

  private record Refused(StatementClass of, ThrottleMode mode) {}

  ThrottleMeters(String database, String server, MeterRegistry registry) {
    this.database = database;
    this.server = server;
    this.registry = registry;
  }

  /** Shows what there is to be seen of one server's admission; once. */
  void show(Admission admission) {
    gauges.add(
        Gauge.builder("mesh.jdbc.throttle.limit", () -> limit(admission))
            .description("Statements at a time; NaN while there is no limit")
            .tag("database", database)
            .tag("server", server)
            .register(registry));
    for (StatementClass of : StatementClass.values()) {
      gauges.add(
          Gauge.builder("mesh.jdbc.throttle.inflight", () -> admission.inFlight(of))
              .description("Statements with a permit: being run, or their results being read")
              .tag("database", database)
              .tag("server", server)
              .tag("class", word(of))
              .register(registry));
    }
  }

  private static double limit(Admission admission) {
    int limit = admission.limit();
    return limit == Admission.UNLIMITED ? Double.NaN : limit;
  }

  /** What the disk's operations took; of any other nobody knows. */
  void latencies(List<Measure> measures) {
    latencies.keySet().retainAll(measures.stream().map(Measure::operation).toList());
    for (Measure measure : measures) {
      latencies.put(measure.operation(), measure.value());
      shown.computeIfAbsent(measure.operation(), this::gauge);
    }
  }

  private Meter gauge(DiskOperation operation) {
    boolean share = operation == DiskOperation.PRESSURE;
    double scale = share ? 100 : 1000;
    return Gauge.builder(
            "mesh.jdbc.disk.latency", () -> latencies.getOrDefault(operation, Double.NaN) / scale)
        .description("What an operation of the disk took; of pressure, the share of the time")
        .baseUnit(share ? "ratio" : "seconds")
        .tag("database", database)
        .tag("server", server)
        .tag("op", operation.tag())
        .register(registry);
  }

  /** A statement has waited for its turn. */
  void waited(StatementClass of, boolean admitted, long nanos) {
    found(waits, new Waited(of, admitted), this::timer).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Waited waited) {
    return Timer.builder("mesh.jdbc.throttle.wait")
        .description("How long statements that were held back have waited")
        .tag("database", database)
        .tag("server", server)
        .tag("class", word(waited.of()))
        .tag("result", waited.admitted() ? "admitted" : "refused")
        .register(registry);
  }

  /** A statement was refused; if it is only observed, it would have been held back. */
  void refused(StatementClass of, ThrottleMode mode) {
    found(refusals, new Refused(of, mode), this::counter).increment();
  }

  private Counter counter(Refused refused) {
    return Counter.builder("mesh.jdbc.throttle.refused")
        .description(
            "Statements that were refused; with mode=observe, that would have been held back")
        .tag("database", database)
        .tag("server", server)
        .tag("class", word(refused.of()))
        .tag("mode", word(refused.mode()))
        .register(registry);
  }

  /** Looked for first, since to make one takes a lock. One that was removed counts unseen. */
  private static <K, M> M found(Map<K, M> meters, K key, Function<K, M> make) {
    M meter = meters.get(key);
    return meter == null ? meters.computeIfAbsent(key, make) : meter;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    gauges.forEach(registry::remove);
    shown.values().forEach(registry::remove);
  }
}
