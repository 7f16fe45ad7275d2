package dev.inmesh.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Meters that are given up together, and removed unless another mesh uses them. Safe for concurrent
 * use.
 */
final class Meters {

  private final MeterRegistry registry;
  private final RegistryUse use;
  private final Map<Meter.Id, Meter> meters = new LinkedHashMap<>();
  private boolean removed;

  Meters(MeterRegistry registry) {
    this.registry = registry;
    this.use = RegistryUse.of(registry);
  }

  /** Makes a meter and remembers it; one that comes after the end is removed at once. */
  synchronized <M extends Meter> M add(Function<MeterRegistry, M> register) {
    M meter = use.register(registry, register);
    if (removed) {
      use.end(registry, meter);
    } else if (meters.putIfAbsent(meter.getId(), meter) != null) {
      // Counted before.
      use.end(registry, meter);
    }
    return meter;
  }

  synchronized void removeAll() {
    removed = true;
    meters.values().forEach(meter -> use.end(registry, meter));
    meters.clear();
  }
}
