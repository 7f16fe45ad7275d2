package dev.inmesh.micrometer;

import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of a mesh in a Micrometer registry. Each is built once, found without a look-up when a
 * call is made, and removed with what it measures, unless another mesh in this registry has it too.
 * Safe for concurrent use.
 */
public final class MeshMeters implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshMeters.class);

  private final MeterRegistry registry;
  private final RegistryUse use;
  private final Meters own;
  private final List<UpstreamMeters> upstreams = new ArrayList<>();
  private final Map<String, Age> ages = new HashMap<>();
  private boolean perServer;
  private int maxServers;
  private boolean closed;

  /**
   * Meters of a mesh.
   *
   * @param perServer whether servers have meters of their own
   * @param maxServers how many of an upstream have; the rest share {@code server=other}
   */
  public MeshMeters(MeterRegistry registry, boolean perServer, int maxServers) {
    this.registry = registry;
    this.use = RegistryUse.of(registry);
    this.own = new Meters(registry);
    this.perServer = perServer;
    this.maxServers = maxServers;
    if (use.join() == 2) {
      log.warn(
          "a second mesh writes to the same meter registry: counts are summed, gauges show the"
              + " first one's; use Mesh.global(), one mesh per process, or a meterRegistry for each");
    }
  }

  /** Where they are. */
  public MeterRegistry registry() {
    return registry;
  }

  /** Gauges of the configuration. */
  public void configuration(IntSupplier version, BooleanSupplier rejected) {
    own.add(
        Gauge.builder("mesh.config.version", version, IntSupplier::getAsInt)
                .description("Version of the configuration that holds")
                .strongReference(true)
            ::register);
    own.add(
        Gauge.builder("mesh.config.rejected", rejected, r -> r.getAsBoolean() ? 1 : 0)
                .description("1 while the sources hold a set of keys that was refused")
                .strongReference(true)
            ::register);
  }

  /** Other settings from now on. */
  public synchronized void apply(boolean newPerServer, int newMaxServers) {
    perServer = newPerServer;
    maxServers = newMaxServers;
    upstreams.forEach(u -> u.apply(newPerServer, newMaxServers));
  }

  /**
   * The listener of an upstream or of a route of it.
   *
   * @param route empty for the upstream itself
   */
  public synchronized UpstreamListener upstream(String name, String route) {
    UpstreamMeters meters = new UpstreamMeters(registry, name, route, perServer, maxServers);
    upstreams.add(meters);
    return meters;
  }

  /** Gauges that ask the engine, with the meters of its upstream and routes that have none yet. */
  public synchronized void gauges(UpstreamEngine engine) {
    for (UpstreamMeters meters : upstreams) {
      if (meters.isOf(engine.settings().name())) {
        meters.gauges(engine);
      }
    }
  }

  private record Age(String registry, Meters meters) {}

  /**
   * A gauge of an upstream's list, if there is none yet.
   *
   * @param list the registry that it comes from; empty for none
   * @param seconds since the registry confirmed it; empty while there is none
   */
  public synchronized void age(
      String name, Optional<String> list, Supplier<OptionalDouble> seconds) {
    Age before = ages.get(name);
    if (before != null && list.equals(Optional.of(before.registry()))) {
      return;
    }
    removeAge(name);
    if (list.isPresent()) {
      Meters meters = new Meters(registry);
      meters.add(
          Gauge.builder("mesh.discovery.age", seconds, s -> s.get().orElse(Double.NaN))
                  .description("Since the registry last confirmed its list")
                  .baseUnit("seconds")
                  .tags("upstream", name, "registry", list.get())
                  .strongReference(true)
              ::register);
      ages.put(name, new Age(list.get(), meters));
    }
  }

  private void removeAge(String name) {
    Age age = ages.remove(name);
    if (age != null) {
      age.meters().removeAll();
    }
  }

  /** Removes the meters of an upstream and of its routes. */
  public synchronized void remove(String name) {
    removeAge(name);
    upstreams.removeIf(
        meters -> {
          boolean is = meters.isOf(name);
          if (is) {
            meters.close();
          }
          return is;
        });
  }

  /** Removes the meters of a route. */
  public synchronized void remove(String name, String route) {
    upstreams.removeIf(
        meters -> {
          boolean is = meters.isOf(name, route);
          if (is) {
            meters.close();
          }
          return is;
        });
  }

  /** Removes all meters that no other mesh uses. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    use.leave();
    upstreams.forEach(UpstreamMeters::close);
    upstreams.clear();
    List.copyOf(ages.keySet()).forEach(this::removeAge);
    own.removeAll();
  }
}
