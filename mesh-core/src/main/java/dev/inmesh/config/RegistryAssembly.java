package dev.inmesh.config;

import dev.inmesh.config.Resolution.Written;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes the settings of the registries from the keys. */
final class RegistryAssembly {

  private final Resolution keys;
  private final RegistryTypes types;
  private final Problems problems;

  RegistryAssembly(Resolution keys, RegistryTypes types, Problems problems) {
    this.keys = keys;
    this.types = types;
    this.problems = problems;
  }

  Map<String, RegistrySettings> registries() {
    Map<String, Setting> ids = new TreeMap<>();
    for (Written written : keys.all()) {
      Scope scope = written.name().scope();
      if (scope.kind() == Scope.Kind.REGISTRY) {
        ids.putIfAbsent(scope.registry(), written.setting());
      }
    }
    Map<String, RegistrySettings> registries = new TreeMap<>();
    ids.forEach((id, setting) -> registries.put(id, registry(id, setting)));
    return Collections.unmodifiableMap(registries);
  }

  private RegistrySettings registry(String id, Setting setting) {
    Scope scope = Scope.registry(id);
    Optional<Written> type = keys.written(scope, Grammar.REGISTRY_TYPE);
    String typeKey = scope.key(Grammar.REGISTRY_TYPE.name());
    if (type.isEmpty()) {
      problems.add(
          setting, ProblemCode.MISSING, "registry '" + id + "' has no type; set " + typeKey);
    }
    String name = keys.find(scope, Grammar.REGISTRY_TYPE).orElse("");
    Optional<ServerSourceFactory> factory = types.factory(name);
    if (!name.isEmpty() && factory.isEmpty()) {
      problems.add(type.orElseThrow().setting(), ProblemCode.MISSING, types.missing(name));
    }
    Map<String, Object> values = new HashMap<>();
    for (SourceKey<?> key : factory.map(ServerSourceFactory::keys).orElse(List.of())) {
      Key<Object> row = RegistryTypes.row(key);
      if (key.isRequired() && keys.written(scope, row).isEmpty()) {
        problems.add(
            type.orElseThrow().setting(),
            ProblemCode.MISSING,
            "registry '" + id + "' of type " + name + " needs " + scope.key(key.name()));
      }
      values.put(
          key.name(), keys.find(scope, row).orElseGet(() -> new SourceKeyType(key).byDefault()));
    }
    return new RegistrySettings(new SourceSettings(id, name, values), factory);
  }
}
