package dev.inmesh.config;

import java.util.Map;
import java.util.TreeMap;

/** What the sources said at one moment, all but the file. */
record ProcessKeys(
    Map<String, String> systemProperties,
    Map<String, String> environment,
    Map<String, String> code) {

  static ProcessKeys read(Sources sources) {
    return new ProcessKeys(
        starting(KeyName.PREFIX, sources.systemProperties().get()),
        starting(EnvironmentNames.PREFIX, sources.environment().get()),
        new TreeMap<>(sources.code()));
  }

  private static Map<String, String> starting(String prefix, Map<String, String> all) {
    Map<String, String> some = new TreeMap<>();
    all.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            some.put(name, value);
          }
        });
    return some;
  }
}
