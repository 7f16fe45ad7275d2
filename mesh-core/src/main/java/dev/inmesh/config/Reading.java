package dev.inmesh.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Brings what the sources say together: for each key its settings, the one that wins first. */
final class Reading {

  static final String SYSTEM_PROPERTY = "system property";
  static final String ENVIRONMENT = "environment variable ";
  static final String FILE = "file ";
  static final String CODE = "code";

  private final ProcessKeys keys;
  private final Problems problems;
  private final List<String> warnings;
  private final RegistryTypes types;

  Reading(ProcessKeys keys, RegistryTypes types, Problems problems, List<String> warnings) {
    this.keys = keys;
    this.types = types;
    this.problems = problems;
    this.warnings = warnings;
  }

  /** The settings by key, in the order of precedence. */
  Map<String, List<Setting>> settings(FileWatch files) {
    List<Setting> properties = settings(keys.systemProperties(), SYSTEM_PROPERTY);
    List<Setting> code = settings(keys.code(), CODE);
    List<Setting> file = file(files, properties, code);

    List<Setting> all = new ArrayList<>(properties);
    List<List<Setting>> sources = List.of(properties, file, code);
    EnvironmentNames names =
        EnvironmentNames.of(
            names(sources, EnvironmentNames.UPSTREAMS, KeyName::upstream, KeyName::checkUpstream),
            names(sources, EnvironmentNames.DISCOVERIES, KeyName::registry, KeyName::checkRegistry),
            names(sources, EnvironmentNames.DATABASES, KeyName::database, KeyName::checkDatabase),
            types,
            keys.environment());
    warnOfUnknown(names);
    all.addAll(environment(names));
    all.addAll(file);
    all.addAll(code);

    Map<String, List<Setting>> byKey = new TreeMap<>();
    for (Setting setting : all) {
      byKey.computeIfAbsent(setting.key(), key -> new ArrayList<>()).add(setting);
    }
    return Collections.unmodifiableMap(byKey);
  }

  private static List<Setting> settings(Map<String, String> values, String source) {
    return values.entrySet().stream()
        .map(entry -> new Setting(entry.getKey(), entry.getValue(), source))
        .toList();
  }

  private List<Setting> file(FileWatch files, List<Setting> properties, List<Setting> code) {
    Optional<Setting> named = fileSetting(properties, code);
    if (named.isEmpty()) {
      return List.of();
    }
    try {
      Optional<String> path = Grammar.CONFIG_FILE.type().parse(named.get().value());
      return path.isEmpty() ? List.of() : file(files, path.get(), named.get());
    } catch (Refused e) {
      // A value that is no path at all is reported where all values are checked.
      if (e.faults().get(0).code() == ProblemCode.UNREADABLE_FILE) {
        problems.add(named.get(), e);
      }
      return List.of();
    }
  }

  /** Which file, can be said everywhere but in the file. */
  private Optional<Setting> fileSetting(List<Setting> properties, List<Setting> code) {
    String key = Scope.GLOBAL.key(Grammar.CONFIG_FILE.name());
    List<Setting> candidates = new ArrayList<>(properties);
    String variable = EnvironmentNames.variable(key);
    String value = keys.environment().getOrDefault(variable, "");
    if (!value.isBlank()) {
      candidates.add(new Setting(key, value, ENVIRONMENT + variable));
    }
    candidates.addAll(code);
    return candidates.stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  private List<Setting> file(FileWatch files, String path, Setting named) throws Refused {
    ConfigFile file =
        ConfigFile.parse(files.read(path, ConfigFile.LONGEST), path, FILE + Echo.key(path));
    for (Setting setting : file.settings()) {
      if (setting.key().equals(named.key())) {
        problems.add(
            setting,
            ProblemCode.CONTRADICTION,
            Echo.quoted(setting.value()) + " is set in the file itself; set it in another source");
      }
      if (file.duplicates().contains(setting.key())) {
        problems.add(
            setting,
            ProblemCode.DUPLICATE,
            "is in the file twice, last as " + Echo.quoted(setting.value()) + "; remove one");
      }
    }
    return file.settings();
  }

  private interface NameCheck {
    void check(String name) throws Refused;
  }

  /** The names that the keys speak of, and those that a variable declares. */
  private Set<String> names(
      List<List<Setting>> sources,
      String variable,
      Function<String, Optional<String>> inKey,
      NameCheck check) {
    Set<String> names = new TreeSet<>();
    sources.forEach(
        settings -> settings.forEach(setting -> inKey.apply(setting.key()).ifPresent(names::add)));
    String declared = keys.environment().getOrDefault(variable, "");
    if (!declared.isBlank()) {
      for (String name : declared.split(",", -1)) {
        try {
          check.check(name.strip());
          names.add(name.strip());
        } catch (Refused e) {
          problems.add(new Setting(variable, declared, ENVIRONMENT + variable), e);
        }
      }
    }
    return names;
  }

  private List<Setting> environment(EnvironmentNames names) {
    List<Setting> settings = new ArrayList<>();
    keys.environment()
        .forEach(
            (variable, value) -> {
              Optional<String> key = names.key(variable);
              // Templates of platforms leave variables empty where they mean "not set".
              if (key.isPresent() && !value.isBlank()) {
                settings.add(new Setting(key.get(), value, ENVIRONMENT + variable));
              }
            });
    return settings;
  }

  private void warnOfUnknown(EnvironmentNames names) {
    for (String variable : keys.environment().keySet()) {
      boolean declares =
          variable.equals(EnvironmentNames.UPSTREAMS)
              || variable.equals(EnvironmentNames.DISCOVERIES)
              || variable.equals(EnvironmentNames.DATABASES);
      if (names.key(variable).isEmpty() && !declares) {
        warnings.add(names.warning(variable));
      }
    }
  }
}
