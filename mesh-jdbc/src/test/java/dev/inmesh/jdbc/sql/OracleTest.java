package dev.inmesh.jdbc.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import org.junit.jupiter.api.Test;

/** The scanner against JSqlParser: never bolder, and rarely more cautious without a reason. */
class OracleTest {

  private static final int STATEMENTS = Integer.getInteger("inmesh.sql.statements", 1_500);

  private final Oracle oracle = new Oracle(Set.of("lower", "coalesce", "abs", "count", "max"));
  private final Statements statements = new Statements(Dialect.POSTGRESQL, Set.of());

  @Test
  void theScannerIsNeverBolderThanAFullParser() {
    Grammar grammar = new Grammar(6);
    List<String> bolder = new ArrayList<>();
    int parsed = 0;
    int reads = 0;
    int routed = 0;

    for (int i = 0; i < STATEMENTS; i++) {
      String sql = grammar.statement();
      boolean onlyReads;
      try {
        onlyReads = oracle.onlyReads(CCJSqlParserUtil.parse(sql));
      } catch (JSQLParserException e) {
        continue;
      }
      parsed++;
      boolean replica = statements.verdict(sql).replicaAllowed();
      reads += onlyReads ? 1 : 0;
      routed += onlyReads && replica ? 1 : 0;
      if (replica && !onlyReads) {
        bolder.add(sql);
      }
    }

    System.out.printf(
        "%d statements, %d parsed, %d reads, of which %d to a replica%n",
        STATEMENTS, parsed, reads, routed);
    assertThat(bolder).isEmpty();
    assertThat(parsed).isGreaterThan(STATEMENTS * 9 / 10);
    assertThat(reads).isBetween(parsed / 4, parsed * 3 / 4);
    assertThat((double) routed / reads).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void theOracleTellsReadsFromTheRest() throws JSQLParserException {
    for (String read : List.of("SELECT lower(a) FROM t", "SELECT 1 UNION (SELECT 2)")) {
      assertThat(oracle.onlyReads(CCJSqlParserUtil.parse(read))).as(read).isTrue();
    }
    for (String other :
        List.of(
            "SELECT evil(1)",
            "DELETE FROM t",
            "SELECT 1 UNION (SELECT 2 FROM t FOR UPDATE)",
            "SELECT * INTO u FROM t",
            "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x",
            "SELECT a FROM t ORDER BY nextval('s')")) {
      assertThat(oracle.onlyReads(CCJSqlParserUtil.parse(other))).as(other).isFalse();
    }
  }
}
