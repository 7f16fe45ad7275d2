package dev.inmesh.config;

import dev.inmesh.config.Resolution.Effective;
import dev.inmesh.config.Resolution.Written;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says what differs between two readings, in a line for each key. */
final class Changes {

  private Changes() {}

  /** Lines like {@code mesh.upstream.payments.timeout 250ms -> 400ms (system property)}. */
  static List<String> between(Load before, Load after) {
    Map<String, KeyName> names = new TreeMap<>();
    before
        .resolution()
        .all()
        .forEach(written -> names.put(written.setting().key(), written.name()));
    after.resolution().all().forEach(written -> names.put(written.setting().key(), written.name()));
    List<String> lines = new ArrayList<>();
    names.forEach(
        (key, name) -> {
          Effective was = before.resolution().effective(name);
          Effective is = after.resolution().effective(name);
          if (!was.equals(is)) {
            lines.add(
                key + " " + shown(name, was) + " -> " + shown(name, is) + " (" + is.source() + ")");
          }
        });
    lines.addAll(newContents(before, after));
    return lines;
  }

  /** Bodies whose file was written anew, while the key still names the same file. */
  private static List<String> newContents(Load before, Load after) {
    List<String> lines = new ArrayList<>();
    for (Written written : after.resolution().all()) {
      Setting setting = written.setting();
      String path = setting.value().strip();
      if (written.name().key().equals(Grammar.FALLBACK_BODY_FILE)
          && after.files().differs(before.files(), path)) {
        String source = " has new content (" + setting.source() + ")";
        lines.add(setting.key() + " " + Echo.value(path) + source);
      }
    }
    return lines;
  }

  private static String shown(KeyName name, Effective effective) {
    return effective.value().isEmpty() ? "''" : name.key().shown(effective.value());
  }
}
