package dev.inmesh.config;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The types that a registry can have, as they are found on the class path, and the type that each
 * registry has.
 */
final class RegistryTypes {

  /** The types that come with inmesh, and the artifact that each is in. */
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "file", "mesh-discovery-standard",
          "dns", "mesh-discovery-standard",
          "dns-srv", "mesh-discovery-standard",
          "consul", "mesh-discovery-standard",
          "eureka", "mesh-discovery-standard",
          "kubernetes", "mesh-discovery-standard",
          "etcd", "mesh-discovery-standard",
          "zookeeper", "mesh-discovery-zookeeper");

  /** Those of them that can be written to. */
  static final List<String> WRITABLE = List.of("consul", "etcd", "eureka", "zookeeper");

  private final Map<String, String> byId = new HashMap<>();
  private @Nullable Map<String, ServerSourceFactory> found;

  /** Looked for only where a key asks for it. */
  private Map<String, ServerSourceFactory> found() {
    Map<String, ServerSourceFactory> known = found;
    if (known == null) {
      known = new TreeMap<>();
      // By the loader of the mesh, whichever thread happens to reload.
      for (ServerSourceFactory factory :
          ServiceLoader.load(ServerSourceFactory.class, ServerSource.class.getClassLoader())) {
        known.putIfAbsent(factory.type(), factory);
      }
      found = known;
    }
    return known;
  }

  /** Takes the types of registries from the settings. */
  void read(Map<String, List<Setting>> settings) {
    settings.forEach(
        (key, written) ->
            KeyName.registry(key)
                .filter(id -> key.equals(Scope.registry(id).key(Grammar.REGISTRY_TYPE.name())))
                .ifPresent(id -> byId.put(id, written.get(0).value().strip())));
  }

  /** All that are on the class path, by type. */
  Collection<ServerSourceFactory> factories() {
    return found().values();
  }

  /** The types that come with inmesh, each behind the artifact that has it. */
  static String shipped() {
    Map<String, Set<String>> byArtifact = new TreeMap<>();
    ARTIFACTS.forEach(
        (type, artifact) -> byArtifact.computeIfAbsent(artifact, a -> new TreeSet<>()).add(type));
    return byArtifact.entrySet().stream()
        .map(entry -> String.join(", ", entry.getValue()) + " (" + entry.getKey() + ")")
        .collect(Collectors.joining(", "));
  }

  Optional<ServerSourceFactory> factory(String type) {
    return Optional.ofNullable(found().get(type));
  }

  /** A key of a registry; of any name where nobody knows which keys it has. */
  Optional<Key<?>> key(String id, String name) {
    Optional<Key<?>> known = Grammar.key(Scope.Kind.REGISTRY, name);
    if (known.isPresent()) {
      return known;
    }
    Optional<ServerSourceFactory> factory = factory(byId.getOrDefault(id, ""));
    if (factory.isEmpty()) {
      return Optional.of(
          new Key<>(name, Level.REGISTRY, new SecretType(), "", "Of a type that is missing."));
    }
    return factory.get().keys().stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .<Key<?>>map(RegistryTypes::row);
  }

  static Key<Object> row(SourceKey<?> key) {
    return new Key<>(
        key.name(), Level.REGISTRY, new SourceKeyType(key), key.defaultText(), key.doc());
  }

  /** The names of a registry's keys. */
  List<String> keys(String id) {
    return factory(byId.getOrDefault(id, ""))
        .map(factory -> factory.keys().stream().map(SourceKey::name).toList())
        .orElse(List.of());
  }

  /** The names of the keys of all types. */
  Set<String> allKeys() {
    Set<String> names = new TreeSet<>();
    found().values().forEach(factory -> factory.keys().forEach(key -> names.add(key.name())));
    return names;
  }

  /** What to say of a type that isn't found, and how it is mended. */
  String missing(String type) {
    String artifact = ARTIFACTS.get(type);
    if (artifact != null) {
      return Echo.quoted(type) + " is not on the class path; add dev.inmesh:" + artifact;
    }
    Collection<String> known = new TreeSet<>(ARTIFACTS.keySet());
    known.addAll(found().keySet());
    return Echo.quoted(type)
        + " is none of "
        + String.join(", ", known)
        + NearMiss.furtherHint(type, known);
  }
}
