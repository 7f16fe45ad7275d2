package dev.inmesh.jdbc.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The statements of {@code corpus.txt}, with what is expected of each. */
final class Corpus {

  private static final String FILE = "corpus.txt";

  /**
   * A statement.
   *
   * @param route {@code replica}, {@code cautious}, {@code primary} or {@code sticky}
   */
  record Entry(Dialect dialect, String route, String reason, String sql, int line) {

    boolean plainlyReadOnly() {
      return route.equals("replica") || route.equals("cautious");
    }

    boolean sticky() {
      return route.equals("sticky");
    }

    /** What the scanner says of it, in the same words. */
    String judged(Statements statements) {
      Verdict verdict = statements.verdict(sql);
      String target = verdict.target().name().toLowerCase(Locale.ROOT);
      return target + (verdict.sticky() ? " sticky" : "") + " | " + verdict.reason();
    }

    String expected() {
      String target = route.equals("replica") ? "replica" : "primary";
      return target + (sticky() ? " sticky" : "") + " | " + reason;
    }
  }

  private Corpus() {}

  /** How many statements the file has. */
  static long size() {
    return lines().stream().filter(line -> line.contains(" | ") && !line.startsWith("#")).count();
  }

  static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    List<Dialect> dialects = List.of(Dialect.values());
    int number = 0;
    for (String line : lines()) {
      number++;
      if (line.startsWith("[")) {
        String section = line.substring(1, line.length() - 1).toUpperCase(Locale.ROOT);
        dialects =
            section.equals("ALL") ? List.of(Dialect.values()) : List.of(Dialect.valueOf(section));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        String[] parts = line.split(" \\| ", 3);
        for (Dialect dialect : dialects) {
          String sql = parts[2].replace('⏎', '\n');
          entries.add(new Entry(dialect, parts[0], parts[1], sql, number));
        }
      }
    }
    return entries;
  }

  private static List<String> lines() {
    try (InputStream in = Corpus.class.getResourceAsStream(FILE)) {
      byte[] bytes = Objects.requireNonNull(in, FILE).readAllBytes();
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
  }
}
