package dev.inmesh.jdbc;

import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import dev.inmesh.engine.EngineHost;
import dev.inmesh.jdbc.signal.DiskProbe;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The throttles of a database's servers, one for each as long as it is in the list. Safe for
 * concurrent use.
 */
final class Throttles implements AutoCloseable {

  private final String name;
  private final EngineHost host;
  private final Databases databases;
  private final Supplier<ThrottleSettings> settings;
  private final MeterRegistry registry;
  private final EngineHost.Registered ticking;

  // All of this under the lock of this.
  private final Map<Database, DiskWatch> watches = new HashMap<>();
  private @Nullable Lineup lineup;
  private @Nullable ThrottleSettings applied;
  private boolean closed;

  Throttles(
      String name,
      EngineHost host,
      Databases databases,
      Supplier<ThrottleSettings> settings,
      MeterRegistry registry) {
    this.name = name;
    this.host = host;
    this.databases = databases;
    this.settings = settings;
    this.registry = registry;
    follow();
    this.ticking = host.onTick(this::tick);
  }

  private synchronized void tick(long now) {
    if (!closed) {
      follow();
      watches.values().forEach(watch -> watch.tick(now));
    }
  }

  /** Takes up what has changed since. */
  private synchronized void follow() {
    ThrottleSettings now = settings.get();
    Lineup servers = databases.lineup();
    if (now.equals(applied) && servers.equals(lineup)) {
      return;
    }
    applied = now;
    lineup = servers;
    List<Database> throttled = new ArrayList<>();
    if (now.mode() != ThrottleMode.OFF) {
      throttled.add(servers.primary());
      throttled.addAll(servers.replicas());
    }
    for (Database known : List.copyOf(watches.keySet())) {
      if (!throttled.contains(known)) {
        end(known);
      }
    }
    for (Database server : throttled) {
      DiskWatch watch = watches.get(server);
      if (watch == null) {
        begin(server, throttled.size() > 1, now);
      } else {
        watch.settings(now);
      }
    }
  }

  /**
   * @param named whether a log line has to say which server it is about
   */
  private void begin(Database server, boolean named, ThrottleSettings now) {
    ThrottleMeters meters = new ThrottleMeters(name, server.name(), registry);
    Throttle throttle = new Throttle(name, server.name(), now, meters);
    DiskProbe probe =
        new DiskProbe(
            name,
            named ? server.name() : "",
            () -> server.openBeside(databases.credentials()),
            now,
            host.threads(),
            System::nanoTime);
    watches.put(server, new DiskWatch(name, server.name(), throttle, probe, meters));
    server.throttle(throttle);
  }

  private void end(Database server) {
    server.throttle(null);
    DiskWatch watch = watches.remove(server);
    if (watch != null) {
      watch.close();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      ticking.close();
      List.copyOf(watches.keySet()).forEach(this::end);
    }
  }
}
