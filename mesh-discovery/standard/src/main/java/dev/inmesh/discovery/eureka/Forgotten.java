package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.eureka.Applications.Word;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Instances that Eureka knows no longer since it was restarted: it has no store, so that it knows
 * nobody until all have registered anew, which they do with their next heartbeats. Immutable.
 */
final class Forgotten {

  static final Forgotten NONE = new Forgotten(Map.of());

  /** After three heartbeats that fail to come, Eureka gives an instance up; so is it here. */
  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Map<Applications.Key, Left> all;

  private record Left(Instance instance, long until) {}

  private Forgotten(Map<Applications.Key, Left> all) {
    this.all = all;
  }

  /**
   * After an answer with all instances. Where more than half of them are gone at once, and no
   * change was told that says so, it is Eureka that has changed.
   */
  Forgotten after(Applications before, Applications now, long time) {
    Map<Applications.Key, Left> left = new HashMap<>(all);
    Map<Applications.Key, Left> gone = new HashMap<>();
    before
        .instances()
        .forEach(
            (key, instance) -> {
              if (!now.instances().containsKey(key)) {
                gone.put(key, new Left(instance, time + LEASE_NANOS));
              }
            });
    if (2 * gone.size() > before.instances().size()) {
      left.putAll(gone);
    }
    left.keySet().removeAll(now.instances().keySet());
    left.values().removeIf(one -> time - one.until() > 0);
    return left.isEmpty() ? NONE : new Forgotten(left);
  }

  /** After words about some: they are known again, or gone for good. */
  Forgotten after(List<Word> words, long time) {
    if (all.isEmpty()) {
      return this;
    }
    Map<Applications.Key, Left> left = new HashMap<>(all);
    words.forEach(word -> left.remove(word.key()));
    left.values().removeIf(one -> time - one.until() > 0);
    return left.isEmpty() ? NONE : new Forgotten(left);
  }

  /** Those of an app. */
  List<Instance> of(String app) {
    return all.entrySet().stream()
        .filter(entry -> entry.getKey().app().equals(app))
        .map(entry -> entry.getValue().instance())
        .toList();
  }
}
