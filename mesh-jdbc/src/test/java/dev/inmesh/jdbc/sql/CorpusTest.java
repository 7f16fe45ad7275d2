package dev.inmesh.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CorpusTest {

  private final Map<Dialect, Statements> statements = new EnumMap<>(Dialect.class);

  CorpusTest() {
    for (Dialect dialect : Dialect.values()) {
      statements.put(dialect, new Statements(dialect, Set.of()));
    }
  }

  @Test
  void everyStatementIsRoutedAsItsLineSays() {
    List<String> wrong = new ArrayList<>();

    for (Corpus.Entry entry : Corpus.entries()) {
      String judged = entry.judged(statements(entry));
      if (!judged.equals(entry.expected())) {
        wrong.add(
            "%d %s: %s, and not %s: %s"
                .formatted(entry.line(), entry.dialect(), judged, entry.expected(), entry.sql()));
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void noneThatMustNotGoToAReplicaMay() {
    long forbidden =
        Corpus.entries().stream()
            .filter(entry -> !entry.plainlyReadOnly())
            .filter(entry -> statements(entry).verdict(entry.sql()).replicaAllowed())
            .count();

    assertThat(forbidden).isZero();
    assertThat(Corpus.size()).isGreaterThanOrEqualTo(500);
  }

  @Test
  void nearlyAllThatArePlainlyReadOnlyGoToAReplica() {
    for (Dialect dialect : Dialect.values()) {
      List<Corpus.Entry> reads =
          Corpus.entries().stream()
              .filter(entry -> entry.dialect() == dialect && entry.plainlyReadOnly())
              .toList();

      long routed =
          reads.stream()
              .filter(entry -> statements(entry).verdict(entry.sql()).replicaAllowed())
              .count();

      double share = (double) routed / reads.size();
      System.out.printf(
          "%s: %d of %d plainly read-only statements to a replica (%.1f %%)%n",
          dialect, routed, reads.size(), share * 100);
      assertThat(share).isGreaterThanOrEqualTo(0.95);
    }
  }

  private Statements statements(Corpus.Entry entry) {
    return statements.getOrDefault(entry.dialect(), new Statements(entry.dialect(), Set.of()));
  }
}
