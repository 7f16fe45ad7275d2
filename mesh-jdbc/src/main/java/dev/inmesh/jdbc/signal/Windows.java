package dev.inmesh.jdbc.signal;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Windows over all that a server counts. Of several pairs of one operation the slowest holds: what
 * is counted with it may be no waiting for the disk, and would hide it in a mean. For one thread at
 * a time.
 */
final class Windows {

  private final Consumer<String> notices;
  private final Map<String, Window> windows = new HashMap<>();
  private @Nullable Counters last;

  /**
   * @param notices told when everything begins anew, and why
   */
  Windows(Consumer<String> notices) {
    this.notices = notices;
  }

  List<Measure> next(Counters counted, long nanos) {
    Counters now =
        new Counters(
            counted.server(),
            counted.reset(),
            counted.pairs().stream().filter(Pair::isPossible).toList());
    String reset = reset(now);
    if (!reset.isEmpty()) {
      forget();
      notices.accept(reset + ": counted anew");
    }
    last = now;
    Map<DiskOperation, Measure> slowest = new EnumMap<>(DiskOperation.class);
    for (Pair pair : now.pairs()) {
      windows
          .computeIfAbsent(pair.name(), name -> new Window())
          .next(pair, nanos)
          .ifPresent(measure -> slowest.merge(pair.operation(), measure, Windows::slower));
    }
    return List.copyOf(slowest.values());
  }

  private static Measure slower(Measure one, Measure other) {
    return one.value() >= other.value() ? one : other;
  }

  private String reset(Counters now) {
    Counters before = last;
    if (before == null) {
      return "";
    }
    if (!before.server().equals(now.server())) {
      return "the server was restarted, or is another one";
    }
    if (!before.reset().equals(now.reset())) {
      return "its statistics were reset";
    }
    for (Pair pair : now.pairs()) {
      Window window = windows.get(pair.name());
      if (window != null && window.isReset(pair)) {
        return "its counter of " + pair.name() + " went back";
      }
    }
    return "";
  }

  void forget() {
    windows.clear();
    last = null;
  }
}
