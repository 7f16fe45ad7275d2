package dev.inmesh.samples.bench.disk;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A service, in a JVM of its own. It is told on its input what to do, a line each: {@code go
 * <variant> <origin> <seed>}, {@code stop <file>}; and answers with one line when it has.
 *
 * <p>All classes share one pool that has a connection for every thread there is, so that the pool
 * is never what they wait for: what holds a statement back is the disk or who guards it. Only
 * statements of one {@code MeshDataSource} can be held back for one another's sake.
 */
final class Service {

  /** How many of them there are. */
  static final int SERVICES = 4;

  private static final int BATCH_THREADS = 16;
  private static final int OTHERS = 24;

  private final Work work;
  private final HikariDataSource pool;

  private Service(Work work, HikariDataSource pool) {
    this.work = work;
    this.pool = pool;
  }

  public static void main(String[] args) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(args[1]);
    config.setMaximumPoolSize(BATCH_THREADS + OTHERS);
    config.setConnectionTimeout(TimeUnit.MINUTES.toMillis(5));
    try (HikariDataSource pool = new HikariDataSource(config);
        BufferedReader commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Service service = new Service(Work.valueOf(args[0]), pool);
      service.warm();
      System.out.println("ready");
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        String[] go = line.split(" ", -1);
        service.serve(Variant.parse(go[1]), Long.parseLong(go[2]), Long.parseLong(go[3]), commands);
      }
    }
  }

  /** Opens all connections, and lets each see the tables: later the disk would be in the way. */
  private void warm() throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < BATCH_THREADS + OTHERS; i++) {
      Connection connection = pool.getConnection();
      all.add(connection);
      for (Kind kind : Kind.values()) {
        // The driver prepares at the server what it has sent five times.
        for (int times = 0; times < 6; times++) {
          work.run(kind, connection, new SplittableRandom(i));
        }
      }
    }
    for (Connection connection : all) {
      connection.close();
    }
  }

  private void serve(Variant variant, long origin, long seed, BufferedReader commands)
      throws Exception {
    MeterRegistry meters = new SimpleMeterRegistry();
    StringBuilder seconds = new StringBuilder();
    int share = variant.permits() / SERVICES;
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (Mesh mesh = Mesh.of(Map.of("mesh.jdbc.bench.throttle.mode", variant.mode()));
        MeshDataSource database =
            MeshDataSource.builder(mesh, "bench").primary(pool).meterRegistry(meters).build()) {
      Load load = new Load(work, variant, database, share, origin);
      long wait = origin - System.nanoTime();
      Future<?> seconding =
          clock.scheduleAtFixedRate(
              () -> seconds.append(second(origin, variant.permits() > 0 ? share : 0, meters, load)),
              wait,
              TimeUnit.SECONDS.toNanos(1),
              TimeUnit.NANOSECONDS);
      load.start(BATCH_THREADS, seed);
      System.out.println("going");
      Path file = Path.of(commands.readLine().split(" ", 2)[1]);
      load.stop().write(file);
      if (seconding.isDone()) {
        throw new IllegalStateException("no seconds: " + seconding);
      }
      clock.shutdown();
      Files.writeString(Path.of(file + ".seconds"), seconds);
    }
    System.out.println("stopped");
  }

  /** The second, the limit (NaN for none), and how many statements are executing. */
  private static String second(long origin, int fixed, MeterRegistry meters, Load load) {
    Gauge limit = meters.find("mesh.jdbc.throttle.limit").gauge();
    double inFlight =
        meters.find("mesh.jdbc.throttle.inflight").gauges().stream()
            .mapToDouble(Gauge::value)
            .sum();
    return String.format(
        Locale.ROOT,
        "%d %f %f%n",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - origin),
        fixed > 0 ? fixed : limit == null ? Double.NaN : limit.value(),
        limit == null || fixed > 0 ? load.inFlight() : inFlight);
  }
}
