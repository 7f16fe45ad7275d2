package dev.inmesh.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The corpus, cut, joined and sprinkled at random: whatever comes out has a verdict, in time. */
class MutationTest {

  private static final int MUTATIONS = Integer.getInteger("inmesh.sql.mutations", 30_000);

  private static final Functions POSTGRESQL = new Functions(Dialect.POSTGRESQL, Set.of());
  private static final Functions MYSQL = new Functions(Dialect.MYSQL, Set.of());
  private static final Functions H2 = new Functions(Dialect.H2, Set.of());

  private static final String[] PARTS = {
    "'",
    "\"",
    "`",
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    "-- ",
    "#",
    "\\",
    ";",
    "(",
    ")",
    "\n",
    "\r",
    "E'",
    "/*!",
    "/*+",
    "?",
    "@",
    ":=",
    "::",
    "{",
    "}",
    "[",
    "]",
    ".",
    "1",
    "FOR UPDATE",
    "INTO",
    " AS ",
    "WITH ",
    "nextval(",
    "EXPLAIN MESH ",
    "/* mesh:replica */",
    "\0",
    "\u2028",
    "ı",
    "\ud83d"
  };

  @Test
  void anyTextHasAVerdictAfterAFewLooksAtEachCharacter() {
    List<Corpus.Entry> corpus = Corpus.entries();
    Random random = new Random(6);

    for (int i = 0; i < MUTATIONS; i++) {
      Corpus.Entry entry = corpus.get(random.nextInt(corpus.size()));
      Corpus.Entry other = corpus.get(random.nextInt(corpus.size()));
      CountedText text = new CountedText(mutated(entry.sql(), other.sql(), random));

      Verdict verdict = Scan.of(text, entry.dialect(), functions(entry.dialect()));

      assertThat(verdict.reason()).as(text.toString()).isNotEmpty();
      assertThat(text.looks()).isLessThanOrEqualTo(16L * text.length() + 16);
    }
  }

  /** A suffix can't make a read of what isn't one, unless it ends what the text left open. */
  @Test
  void whatFollowsASemicolonMakesNothingBolder() {
    for (Corpus.Entry entry : Corpus.entries()) {
      if (!entry.plainlyReadOnly() && !entry.reason().equals("empty")) {
        Functions functions = functions(entry.dialect());

        Verdict verdict = Scan.of(entry.sql() + "\n; SELECT 1", entry.dialect(), functions);

        assertThat(verdict.replicaAllowed()).as(entry.sql()).isFalse();
      }
    }
  }

  @Test
  void blanksAndCommentsAroundAStatementChangeNothing() {
    for (Corpus.Entry entry : Corpus.entries()) {
      Functions functions = functions(entry.dialect());
      Verdict verdict = Scan.of(entry.sql(), entry.dialect(), functions);

      Verdict wrapped =
          Scan.of("/* DELETE ' */\n-- x '\n" + entry.sql() + "\n\t", entry.dialect(), functions);

      assertThat(wrapped.target()).as(entry.sql()).isEqualTo(verdict.target());
      assertThat(wrapped.sticky()).as(entry.sql()).isEqualTo(verdict.sticky());
    }
  }

  private static Functions functions(Dialect dialect) {
    return switch (dialect) {
      case POSTGRESQL -> POSTGRESQL;
      case MYSQL -> MYSQL;
      case H2 -> H2;
    };
  }

  private static String mutated(String sql, String other, Random random) {
    StringBuilder text = new StringBuilder(sql);
    for (int i = random.nextInt(6); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, PARTS[random.nextInt(PARTS.length)]);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
        case 2 -> text.insert(at, other);
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }
}
