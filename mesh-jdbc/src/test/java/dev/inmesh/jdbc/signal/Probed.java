package dev.inmesh.jdbc.signal;

import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.config.DiskSource;
import dev.inmesh.config.StatementClass;
import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A probe in the time of its test, whose lines can be read. */
final class Probed implements AutoCloseable {

  final DiskProbe probe;
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> log = new CopyOnWriteArrayList<>();

  Probed(DiskProbe.Connections connections, ThrottleSettings settings) {
    this(connections, settings, Path.of("/proc"), Runnable::run);
  }

  Probed(
      DiskProbe.Connections connections, ThrottleSettings settings, Path proc, Executor threads) {
    probe =
        new DiskProbe(
            "orders",
            "",
            connections,
            settings,
            threads,
            nanos::get,
            proc,
            (level, line) -> log.add(level + " " + line));
  }

  /** A server that nobody should ask. */
  static DiskProbe.Connections none() {
    return () -> {
      throw new java.sql.SQLException("nobody there");
    };
  }

  static ThrottleSettings settings(DiskSource source) {
    return settings(source, "");
  }

  /**
   * @param where the statement, the file or the URL
   */
  static ThrottleSettings settings(DiskSource source, String where) {
    return settings(source, where, Optional.empty());
  }

  static ThrottleSettings settings(DiskSource source, String where, Optional<String> device) {
    ThrottleSettings usual = DatabaseSettings.of("orders").throttle();
    return new ThrottleSettings(
        ThrottleMode.OBSERVE,
        source,
        Optional.of(where),
        Optional.of(where),
        Optional.of(where),
        device,
        usual.maxWait(),
        1,
        Optional.empty(),
        StatementClass.INTERACTIVE);
  }

  /** A second later. */
  Poll poll() {
    later(1000);
    return probe.poll();
  }

  /** A second later, when somebody is busy there. */
  Poll tick() {
    later(1000);
    probe.tick(nanos.get(), true);
    return probe.latest();
  }

  /** All that is measured in so many seconds, looked at five times in each. */
  Set<Measure> measuresOf(int seconds) {
    Set<Measure> all = new LinkedHashSet<>();
    for (int i = 0; i < 5 * seconds; i++) {
      later(200);
      probe.tick(nanos.get(), true);
      all.addAll(probe.latest().measures());
    }
    return all;
  }

  void later(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  long now() {
    return nanos.get();
  }

  /** Each with its level. */
  List<String> log() {
    return log;
  }

  @Override
  public void close() {
    probe.close();
  }
}
