package dev.inmesh.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * Who uses the meters of one registry. Of two meshes, each finds the other's meters there: they are
 * removed when nobody uses them any more. Safe for concurrent use.
 */
final class RegistryUse {

  /** Weakly held, as no value refers to its registry. */
  private static final Map<MeterRegistry, RegistryUse> BY_REGISTRY = new WeakHashMap<>();

  private final Map<Meter.Id, Integer> users = new HashMap<>();
  private int meshes;

  private RegistryUse() {}

  static RegistryUse of(MeterRegistry registry) {
    synchronized (BY_REGISTRY) {
      return BY_REGISTRY.computeIfAbsent(registry, r -> new RegistryUse());
    }
  }

  /** How many meshes there are now, this one with them. */
  synchronized int join() {
    return ++meshes;
  }

  synchronized void leave() {
    meshes--;
  }

  /** Makes or finds a meter and counts its user, both at once: nobody removes it in between. */
  synchronized <M extends Meter> M register(
      MeterRegistry registry, Function<MeterRegistry, M> register) {
    M meter = register.apply(registry);
    users.merge(meter.getId(), 1, Integer::sum);
    return meter;
  }

  /** A user less; the last one takes the meter away. */
  synchronized void end(MeterRegistry registry, Meter meter) {
    if (users.computeIfPresent(meter.getId(), (id, count) -> count == 1 ? null : count - 1)
        == null) {
      registry.remove(meter);
    }
  }
}
