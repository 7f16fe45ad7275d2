package dev.inmesh.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.Set;

/** Meters that are removed together. Safe for concurrent use. */
final class Meters {

  private final MeterRegistry registry;
  private final Set<Meter> meters = new LinkedHashSet<>();
  private boolean removed;

  Meters(MeterRegistry registry) {
    this.registry = registry;
  }

  MeterRegistry registry() {
    return registry;
  }

  /** Remembers a meter; one that comes after the end is removed at once. */
  synchronized <M extends Meter> M add(M meter) {
    if (removed) {
      registry.remove(meter);
    } else {
      meters.add(meter);
    }
    return meter;
  }

  synchronized void removeAll() {
    removed = true;
    meters.forEach(registry::remove);
    meters.clear();
  }
}
