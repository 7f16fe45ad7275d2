package dev.inmesh.jdbc;

import dev.inmesh.engine.EngineHost;
import dev.inmesh.jdbc.position.Positions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far each replica lags, found out every second as long as there is a {@code max-lag}. The
 * primary is asked where it is; a replica lags as long ago as the oldest of these places was that
 * it hasn't reached. So no clocks are compared, and a replica that gets nothing any more lags more
 * and more. Safe for concurrent use.
 */
final class Lags implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshDataSource.class);
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** When there are more, every second one is forgotten: what is old may be less exact. */
  private static final int MOST_SAMPLES = 120;

  private final String name;
  private final EngineHost host;
  private final Databases databases;
  private final Supplier<Optional<Duration>> maxLag;
  private final MeterRegistry registry;
  private final EngineHost.Registered ticking;

  /** Who hasn't answered yet. */
  private final Set<String> asking = ConcurrentHashMap.newKeySet();

  /** In nanoseconds, by server. */
  private final Map<String, Long> lags = new ConcurrentHashMap<>();

  private final Map<String, Gauge> gauges = new ConcurrentHashMap<>();
  private final List<Sample> samples = new ArrayList<>();

  // Of the ticking thread.
  private long lastNanos;
  private String primary = "";

  /** The primary was there, at the latest then. */
  private record Sample(long nanos, String position) {}

  Lags(
      String name,
      EngineHost host,
      Databases databases,
      Supplier<Optional<Duration>> maxLag,
      MeterRegistry registry) {
    this.name = name;
    this.host = host;
    this.databases = databases;
    this.maxLag = maxLag;
    this.registry = registry;
    this.lastNanos = System.nanoTime() - PERIOD_NANOS;
    this.ticking = host.onTick(this::tick);
  }

  private void tick(long now) {
    if (maxLag.get().isEmpty()) {
      if (!lags.isEmpty()) {
        forget();
      }
      return;
    }
    if (now - lastNanos < PERIOD_NANOS || !databases.hasReplicas()) {
      return;
    }
    lastNanos = now;
    Lineup lineup = databases.lineup();
    follow(lineup);
    ask(lineup.primary(), this::now, this::remember);
    for (Database replica : lineup.replicas()) {
      ask(replica, this::lag, lag -> record(replica.name(), lag));
    }
  }

  /** Where another primary was says nothing of this one. */
  private void follow(Lineup lineup) {
    if (!lineup.primary().name().equals(primary)) {
      primary = lineup.primary().name();
      synchronized (samples) {
        samples.clear();
      }
    }
    lags.keySet()
        .removeIf(server -> lineup.replicas().stream().noneMatch(r -> r.name().equals(server)));
  }

  /**
   * Not before it has answered the last time; others don't wait for it. Of one that doesn't answer
   * nothing new is known: who is gone is ejected elsewhere.
   */
  private <T> void ask(Database server, Question<T> question, Consumer<T> then) {
    if (asking.add(server.name())) {
      CompletableFuture<Boolean> unused =
          Asking.of(server, databases.credentials(), host.threads(), question)
              .handle(
                  (answer, e) -> {
                    asking.remove(server.name());
                    if (e == null) {
                      then.accept(answer);
                    }
                    return e == null;
                  });
    }
  }

  private String now(Connection raw) throws SQLException {
    return positions(raw).now(raw);
  }

  private static Positions positions(Connection raw) throws SQLException {
    return Positions.of(raw.getMetaData())
        .orElseThrow(() -> new SQLException("nobody knows how far such a server has come"));
  }

  private void remember(String position) {
    synchronized (samples) {
      samples.add(new Sample(System.nanoTime(), position));
      if (samples.size() > MOST_SAMPLES) {
        for (int i = samples.size() - 2; i > 0; i -= 2) {
          samples.remove(i);
        }
      }
    }
  }

  /** The age of the oldest place that it hasn't reached; the further ones it hasn't either. */
  private Long lag(Connection raw) throws SQLException {
    List<Sample> known;
    synchronized (samples) {
      known = List.copyOf(samples);
    }
    Positions positions = positions(raw);
    if (known.isEmpty() || positions.reached(raw, known.get(known.size() - 1).position)) {
      return 0L;
    }
    int low = 0;
    int high = known.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (positions.reached(raw, known.get(middle).position)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return System.nanoTime() - known.get(high).nanos;
  }

  private void record(String replica, long lag) {
    lags.put(replica, lag);
    gauges.computeIfAbsent(replica, this::gauge);
    judge();
  }

  private Gauge gauge(String server) {
    return Gauge.builder("mesh.jdbc.lag", () -> lags.getOrDefault(server, 0L) / 1e9)
        .description("How far a replica was behind when it was asked last, at least")
        .baseUnit("seconds")
        .tag("database", name)
        .tag("server", server)
        .register(registry);
  }

  private synchronized void judge() {
    Optional<Duration> most = maxLag.get();
    if (most.isEmpty()) {
      return;
    }
    long mostNanos = most.get().toNanos();
    Set<String> behind = new TreeSet<>();
    lags.forEach(
        (server, lag) -> {
          if (lag > mostNanos) {
            behind.add(server);
          }
        });
    Set<String> before = databases.lagging();
    if (!behind.equals(before)) {
      say(before, behind, most.get());
      databases.lagging(behind);
    }
  }

  private void say(Set<String> before, Set<String> behind, Duration most) {
    for (String server : behind) {
      if (!before.contains(server)) {
        long millis = TimeUnit.NANOSECONDS.toMillis(lags.getOrDefault(server, 0L));
        log.warn(
            "{}: {} lags {} ms (max-lag {} ms): not read from",
            name,
            server,
            millis,
            most.toMillis());
      }
    }
    for (String server : before) {
      if (!behind.contains(server)) {
        log.info("{}: {} has caught up: read from again", name, server);
      }
    }
  }

  private void forget() {
    lags.clear();
    synchronized (samples) {
      samples.clear();
    }
    if (!databases.lagging().isEmpty()) {
      databases.lagging(Set.of());
    }
    gauges.values().forEach(registry::remove);
    gauges.clear();
  }

  @Override
  public void close() {
    ticking.close();
    gauges.values().forEach(registry::remove);
    gauges.clear();
  }
}
