package dev.inmesh.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatementsTest {

  private final Statements postgresql = new Statements(Dialect.POSTGRESQL, Set.of());

  @Test
  void functionsThatTheUserListsArePure() {
    Statements listed = new Statements(Dialect.POSTGRESQL, Set.of("fmt_price", "App.Area"));

    assertThat(listed.verdict("SELECT FMT_PRICE(1)").replicaAllowed()).isTrue();
    assertThat(listed.verdict("SELECT app.area(1)").replicaAllowed()).isTrue();
    assertThat(listed.verdict("SELECT other.fmt_price(1)").replicaAllowed()).isFalse();
    assertThat(listed.verdict("SELECT app . area(1)").replicaAllowed()).isFalse();
    assertThat(postgresql.verdict("SELECT fmt_price(1)").reason())
        .isEqualTo("unknown function fmt_price");
  }

  @Test
  void explainMeshHandsOutWhatItExplains() {
    Verdict verdict = postgresql.verdict("/* x */ explain  mesh\n delete from t ");

    assertThat(verdict.kind()).isEqualTo(Kind.EXPLAIN_MESH);
    assertThat(verdict.explained()).isEqualTo("delete from t");
    assertThat(verdict.replicaAllowed()).isFalse();
    assertThat(postgresql.verdict("EXPLAIN mesh").kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void aReadStaysAReadWhereverAHintSendsIt() {
    Verdict verdict = postgresql.verdict("SELECT 1 /* mesh:primary mesh:class=batch */");

    assertThat(verdict.kind()).isEqualTo(Kind.READ);
    assertThat(verdict.hint()).isEqualTo(Hint.PRIMARY);
    assertThat(verdict.statementClass()).isEqualTo("batch");
  }

  @Test
  void aHintForTheReplicaIsToldEvenWhereItChangesNothing() {
    assertThat(postgresql.verdict("/* mesh:replica */ SELECT 1").hint()).isEqualTo(Hint.REPLICA);
    assertThat(postgresql.verdict("SELECT '/* mesh:replica */'").hint()).isEqualTo(Hint.NONE);
  }

  @Test
  void aWriteKeepsItsClass() {
    Verdict verdict = postgresql.verdict("/* mesh:class=background */ DELETE FROM t");

    assertThat(verdict.statementClass()).isEqualTo("background");
    assertThat(verdict.kind()).isEqualTo(Kind.OTHER);
  }

  @Test
  void ofTwoClassesTheFirstCounts() {
    Verdict verdict = postgresql.verdict("/* mesh:class=batch mesh:class=critical */ SELECT 1");

    assertThat(verdict.statementClass()).isEqualTo("batch");
    assertThat(verdict.reason()).isEqualTo("contradicting hints");
  }

  @Test
  void kindsTellTransactionsAndSettingsFromWrites() {
    assertThat(postgresql.verdict("COMMIT").kind()).isEqualTo(Kind.TRANSACTION_END);
    assertThat(postgresql.verdict("SET TRANSACTION READ ONLY").kind()).isEqualTo(Kind.TRANSACTION);
    assertThat(postgresql.verdict("PREPARE TRANSACTION 'x'").kind()).isEqualTo(Kind.TRANSACTION);
    assertThat(postgresql.verdict("BEGIN; DELETE FROM t").kind()).isEqualTo(Kind.OTHER);
    assertThat(postgresql.verdict("BEGIN; SELECT 1").sticky()).isTrue();
    assertThat(postgresql.verdict("SET x = 1").kind()).isEqualTo(Kind.SESSION);
    assertThat(postgresql.verdict("SELECT nextval('s')").kind()).isEqualTo(Kind.OTHER);
    assertThat(postgresql.verdict("SELECT 1").kind()).isEqualTo(Kind.READ);
  }

  @Test
  void whatAsksForNoMoreThanAnAnswerIsAPing() {
    assertThat(postgresql.verdict("SELECT 1").ping()).isTrue();
    assertThat(postgresql.verdict("/* ping */ select 'x' ; ").ping()).isTrue();
    assertThat(postgresql.verdict("SELECT 1 FROM t").ping()).isFalse();
    assertThat(postgresql.verdict("SELECT f(1)").ping()).isFalse();
    assertThat(postgresql.verdict("SELECT (SELECT 1)").ping()).isFalse();
    assertThat(postgresql.verdict("DELETE FROM t; SELECT 1").ping()).isFalse();
    assertThat(postgresql.verdict("SELECT pg_sleep(1); SELECT 1").ping()).isFalse();
  }

  @Test
  void whatOneOfSeveralStatementsLeavesInTheSessionIsSeen() {
    assertThat(postgresql.verdict("SELECT 1; CREATE TEMP TABLE x (a int)").sticky()).isTrue();
    assertThat(postgresql.verdict("SELECT 1; SET a = 1; SELECT 2").sticky()).isTrue();
    assertThat(postgresql.verdict("INSERT INTO t VALUES (1); SELECT 2").sticky()).isFalse();
  }

  @Test
  void textsBeyondTheBudgetGoToThePrimary() {
    String text = "SELECT '" + "x".repeat(Statements.SCANNED) + "'";

    assertThat(postgresql.verdict(text).reason()).isEqualTo("too long");
    assertThat(postgresql.verdict(text).replicaAllowed()).isFalse();
    assertThat(postgresql.verdict("CREATE TEMP TABLE x AS " + text).sticky()).isTrue();
  }

  @Test
  void textsOfMoreTokensThanTheBudgetGoToThePrimary() {
    String sum = "SELECT 1" + "+1".repeat(Scan.MOST_TOKENS / 2);

    assertThat(sum.length()).isLessThan(Statements.SCANNED);
    assertThat(postgresql.verdict(sum).reason()).isEqualTo("too long");
    assertThat(postgresql.verdict(sum).replicaAllowed()).isFalse();
    assertThat(postgresql.verdict(sum).sticky()).isTrue();
    assertThat(postgresql.verdict("SELECT 1" + "+1".repeat(1000)).replicaAllowed()).isTrue();
  }

  @Test
  void longTextsAreRoutedAndNotKept() {
    String text = "SELECT * FROM t WHERE id IN (?" + ", ?".repeat(300_000) + ")";

    assertThat(postgresql.verdict(text).replicaAllowed()).isTrue();
    assertThat(postgresql.keptTexts()).isZero();
  }

  @Test
  void whatIsKeptIsBoundedByTextsAndByCharacters() {
    for (int i = 0; i < 60_000; i++) {
      postgresql.verdict("SELECT " + i);
    }
    long shortTexts = postgresql.keptTexts();
    String filler = "x".repeat(10_000);
    for (int i = 0; i < 1_000; i++) {
      postgresql.verdict("SELECT '" + filler + i + "'");
    }

    assertThat(shortTexts).isBetween(1L, 52_000L);
    assertThat(postgresql.keptCharacters()).isLessThanOrEqualTo(1L << 22);
    assertThat(postgresql.keptTexts()).isLessThanOrEqualTo(52_000L);
  }

  @Test
  void aKeptVerdictIsTheSameObject() {
    Verdict first = postgresql.verdict("SELECT a FROM t");

    assertThat(postgresql.verdict(new String("SELECT a FROM t".toCharArray()))).isSameAs(first);
  }
}
