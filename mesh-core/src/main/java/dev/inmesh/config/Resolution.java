package dev.inmesh.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which of the written settings holds: the more specific level first (route, upstream, defaults),
 * then the source. Immutable once it is filled.
 */
final class Resolution {

  /**
   * A known key that is set.
   *
   * @param setting the one that holds
   * @param shadowed those of the same key in weaker sources
   */
  record Written(KeyName name, Setting setting, List<Setting> shadowed) {}

  /** What a key amounts to, and who says so. */
  record Effective(String value, String source) {}

  private final Map<String, Written> byKey = new TreeMap<>();

  void add(KeyName name, List<Setting> settings) {
    Setting first = settings.get(0);
    byKey.put(
        first.key(), new Written(name, first, List.copyOf(settings.subList(1, settings.size()))));
  }

  Collection<Written> all() {
    return byKey.values();
  }

  /** The setting that holds for the key in the scope, if any is written. */
  Optional<Written> written(Scope scope, Key<?> key) {
    Optional<Scope> at = Optional.of(scope);
    while (at.isPresent()) {
      Written written = byKey.get(at.get().key(key.name()));
      if (written != null) {
        return Optional.of(written);
      }
      at = at.get().parent();
    }
    return Optional.empty();
  }

  /** The value in the scope; the built-in one where nothing, or nothing valid, is written. */
  <T> T value(Scope scope, Key<T> key) {
    return find(scope, key).orElseGet(key::builtIn);
  }

  /** The value in the scope, where a valid one is written. */
  <T> Optional<T> find(Scope scope, Key<T> key) {
    Optional<Written> written = written(scope, key);
    try {
      return written.isEmpty()
          ? Optional.empty()
          : Optional.of(key.type().parse(written.get().setting().value()));
    } catch (Refused e) {
      return Optional.empty();
    }
  }

  List<Snapshot.Entry> entries() {
    return all().stream()
        .map(
            written ->
                new Snapshot.Entry(
                    written.setting().key(),
                    written.name().key().redacted(written.setting().value()),
                    written.setting().source(),
                    shadows(written)))
        .toList();
  }

  private List<String> shadows(Written written) {
    List<String> shadows = new ArrayList<>();
    for (Setting weaker : written.shadowed()) {
      shadows.add(written.name().key().redacted(weaker.value()) + " (" + weaker.source() + ")");
    }
    Optional<Scope> at = written.name().scope().parent();
    while (at.isPresent()) {
      Written wider = byKey.get(at.get().key(written.name().key().name()));
      if (wider != null) {
        Setting setting = wider.setting();
        String value = wider.name().key().redacted(setting.value());
        shadows.add(setting.key() + "=" + value + " (" + setting.source() + ")");
      }
      at = at.get().parent();
    }
    return List.copyOf(shadows);
  }

  /** What the key amounts to here, written or not. */
  Effective effective(KeyName name) {
    Optional<Written> written = written(name.scope(), name.key());
    if (written.isEmpty()) {
      String builtIn = name.key().isRequired() ? "unset" : name.key().defaultText();
      return new Effective(builtIn, "built-in");
    }
    Setting setting = written.get().setting();
    boolean inherited = !written.get().name().equals(name);
    return new Effective(
        setting.value(), inherited ? setting.key() + ", " + setting.source() : setting.source());
  }
}
