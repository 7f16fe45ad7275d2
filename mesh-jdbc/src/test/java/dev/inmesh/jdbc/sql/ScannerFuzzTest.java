package dev.inmesh.jdbc.sql;

import static java.util.stream.Collectors.toMap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Without more, runs over the texts in {@code ScannerFuzzTestInputs}. With {@code JAZZER_FUZZ=1} in
 * the environment, Jazzer looks for others that break it.
 */
class ScannerFuzzTest {

  private static final Map<Dialect, Functions> FUNCTIONS =
      Stream.of(Dialect.values())
          .collect(toMap(dialect -> dialect, dialect -> new Functions(dialect, Set.of())));

  @FuzzTest(maxDuration = "1m")
  void neverThrowsAndLooksAFewTimesAtEachCharacter(byte[] data) {
    String sql = new String(data, StandardCharsets.UTF_8);
    FUNCTIONS.forEach(
        (dialect, functions) -> {
          CountedText text = new CountedText(sql);

          Verdict verdict = Scan.of(text, dialect, functions);

          if (verdict.reason().isEmpty() || text.looks() > 16L * text.length() + 16) {
            throw new AssertionError(verdict + " after " + text.looks() + " looks");
          }
        });
  }
}
