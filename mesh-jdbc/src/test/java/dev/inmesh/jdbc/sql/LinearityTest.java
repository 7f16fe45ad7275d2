package dev.inmesh.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinearityTest {

  /** Of each character, in both readings of a text; a word is looked at to know it, and so on. */
  private static final int LOOKS = 16;

  @Test
  void everyCharacterIsLookedAtAFewTimesWhateverTheShape() {
    for (Dialect dialect : Dialect.values()) {
      Functions functions = new Functions(dialect, Set.of());
      for (Map.Entry<String, String> shape : HostileTexts.of(100_000).entrySet()) {
        CountedText text = new CountedText(shape.getValue());

        Scan.of(text, dialect, functions);

        assertThat(text.looks())
            .as("%s in %s", shape.getKey(), dialect)
            .isLessThanOrEqualTo((long) LOOKS * text.length());
      }
    }
  }

  @Test
  void megabytesOfPlainReadsGoToAReplica() {
    Map<String, String> shapes = HostileTexts.of(1_000_000);
    Statements statements = new Statements(Dialect.POSTGRESQL, Set.of());

    for (String shape :
        Set.of(
            "plain",
            "14 levels of CASE",
            "nested parentheses",
            "nested subqueries",
            "calls",
            "comments",
            "nested comments",
            "unions",
            "names in quotes",
            "doubled quotes")) {
      String text = shapes.getOrDefault(shape, "");
      assertThat(statements.verdict(text).reason()).as(shape).isEqualTo("read");
    }
  }
}
