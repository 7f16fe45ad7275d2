package dev.inmesh.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One reading of all sources, with everything that came of it.
 *
 * @param settings to be used only if there are no problems
 * @param files that were read, to notice when they change
 */
record Load(
    MeshSettings settings,
    Resolution resolution,
    FileWatch files,
    Duration refreshInterval,
    List<Problem> problems,
    List<String> warnings) {

  static Load of(ProcessKeys keys) {
    Problems problems = new Problems();
    List<String> warnings = new ArrayList<>();
    FileWatch files = new FileWatch();
    RegistryTypes types = new RegistryTypes();
    Map<String, List<Setting>> written =
        new Reading(keys, types, problems, warnings).settings(files);
    types.read(written);

    Resolution resolution = new Resolution();
    Problems unknown = new Problems();
    written.forEach((key, settings) -> locate(key, settings, types, resolution, problems, unknown));
    if (resolution.value(Scope.GLOBAL, Grammar.CONFIG_UNKNOWN) == UnknownKeys.WARN) {
      unknown.list().forEach(problem -> warnings.add(problem.toString()));
    } else {
      problems.addAll(unknown);
    }
    resolution.all().forEach(setting -> checkValue(setting, problems));

    MeshSettings settings =
        new Assembly(resolution, types, files, problems).settings(!written.isEmpty());
    return new Load(
        settings,
        resolution,
        files,
        resolution.value(Scope.GLOBAL, Grammar.CONFIG_REFRESH_INTERVAL),
        problems.list(),
        List.copyOf(warnings));
  }

  private static void locate(
      String key,
      List<Setting> settings,
      RegistryTypes types,
      Resolution resolution,
      Problems problems,
      Problems unknown) {
    try {
      resolution.add(KeyName.parse(key, types), settings);
    } catch (Refused e) {
      boolean isUnknown = e.faults().get(0).code() == ProblemCode.UNKNOWN_KEY;
      settings.forEach(setting -> (isUnknown ? unknown : problems).add(setting, e));
    }
  }

  private static void checkValue(Resolution.Written written, Problems problems) {
    try {
      written.name().key().type().parse(written.setting().value());
    } catch (Refused e) {
      problems.add(written.setting(), e);
    }
  }
}
