package dev.inmesh.config;

import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import java.util.ArrayList;
import java.util.List;

/** Writes the grammar down as plain text in columns. */
final class KeyList {

  private static final String NOTES =
      """

      mesh.defaults.<key> sets a key for all upstreams, and mesh.upstream.<name>.route.<route>.<key>
      for the calls of one route, where LEVEL says defaults and route. Each type of a registry has keys
      of its own, which stand below if it is on the class path: see docs/discovery.md.
      """;

  private KeyList() {}

  static String text() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("KEY", "TYPE", "DEFAULT", "RANGE", "LEVEL", "MEANING"));
    for (Key<?> key : Grammar.keys()) {
      rows.add(
          List.of(
              key.listName(),
              key.type().syntax(),
              key.shownDefault(),
              key.type().range(),
              key.level().words(),
              key.doc()));
    }
    return aligned(rows) + NOTES + registries();
  }

  /** The keys of the types that are there; nothing where none is. */
  private static String registries() {
    StringBuilder text = new StringBuilder();
    for (ServerSourceFactory factory : new RegistryTypes().factories()) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("KEY OF TYPE " + factory.type(), "TYPE", "DEFAULT", "RANGE", "MEANING"));
      for (SourceKey<?> sourceKey : factory.keys()) {
        Key<?> key = RegistryTypes.row(sourceKey);
        rows.add(
            List.of(
                key.listName(),
                key.type().syntax(),
                shownDefault(sourceKey),
                key.type().range(),
                key.doc()));
      }
      text.append('\n').append(aligned(rows));
    }
    return text.toString();
  }

  private static String shownDefault(SourceKey<?> key) {
    if (key.isRequired()) {
      return "required";
    }
    return key.defaultText().isEmpty() ? "''" : key.defaultText();
  }

  private static String aligned(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        line.append(cell).append(" ".repeat(widths[i] - cell.length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
