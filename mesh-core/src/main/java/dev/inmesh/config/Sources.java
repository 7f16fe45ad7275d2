package dev.inmesh.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;

/**
 * Where keys are read from. Immutable; safe for concurrent use if the suppliers are.
 *
 * @param systemProperties asked at each reading; only names that start with {@code mesh.} count
 * @param environment asked at each reading; only names that start with {@code MESH_} count
 * @param code keys that the program itself sets
 */
public record Sources(
    Supplier<Map<String, String>> systemProperties,
    Supplier<Map<String, String>> environment,
    Map<String, String> code) {

  public Sources {
    code = Map.copyOf(code);
  }

  /** The system properties and the environment of this process. */
  public static Sources ofSystem() {
    return ofSystem(Map.of());
  }

  /** The same, and below them what the program itself sets. */
  public static Sources ofSystem(Map<String, String> code) {
    return new Sources(() -> strings(System.getProperties()), System::getenv, code);
  }

  /** Only these keys, nothing from the process; {@code mesh.config.file} may add a file. */
  public static Sources of(Map<String, String> code) {
    return new Sources(Map::of, Map::of, code);
  }

  /** The names are a copy: other threads may set properties meanwhile. */
  private static Map<String, String> strings(Properties properties) {
    Map<String, String> strings = new HashMap<>();
    for (String name : properties.stringPropertyNames()) {
      String value = name.startsWith(KeyName.PREFIX) ? properties.getProperty(name) : null;
      if (value != null) {
        strings.put(name, value);
      }
    }
    return strings;
  }
}
