package dev.inmesh.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Servers that left the list while they were ejected: one that comes back soon is still out. Used
 * under the route's lock.
 */
final class Departed {

  static final long MEMORY_NANOS = Duration.ofMinutes(5).toNanos();

  private record Entry(ServerState state, long leftAt) {}

  private final Map<String, Entry> entries = new HashMap<>();

  void add(ServerState state, long now) {
    entries.values().removeIf(e -> now - e.leftAt > MEMORY_NANOS);
    if (state.isEjected()) {
      entries.put(state.address(), new Entry(state, now));
    }
  }

  @Nullable ServerState takeBack(String address, long now) {
    Entry entry = entries.remove(address);
    return entry == null || now - entry.leftAt > MEMORY_NANOS ? null : entry.state;
  }
}
