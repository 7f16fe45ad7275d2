package dev.inmesh.jdbc.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import java.util.Objects;
import java.util.Set;

/**
 * What the statements of one database prove, remembered by their text. Safe for concurrent use.
 *
 * <p>At most 4 Mi characters of texts are kept, and so at most 52,000 of them, since each counts
 * for 80 more; texts of more than 16 Ki are scanned anew each time. Texts of more than 1 Mi
 * characters are not scanned to their end, and go to the primary.
 */
public final class Statements {

  /** The reason for a text that is too long to be looked at as a whole. */
  static final String TOO_LONG = "too long";

  /** What is read of a text at most. */
  static final int SCANNED = 1 << 20;

  /** The longest text that is kept. */
  static final int KEPT = 1 << 14;

  private static final long KEPT_IN_ALL = 1L << 22;

  /** Of every entry, for the objects around the text, in characters. */
  private static final int OVERHEAD = 80;

  private final Dialect dialect;
  private final Functions functions;
  private final Cache<String, Verdict> kept;

  /**
   * Statements in {@code dialect}.
   *
   * @param pureFunctions functions that change nothing besides those that are known: {@code
   *     fmt_price}, or with its schema {@code app.fmt_price}; upper and lower case are the same
   */
  public Statements(Dialect dialect, Set<String> pureFunctions) {
    this.dialect = Objects.requireNonNull(dialect, "dialect");
    this.functions = new Functions(dialect, pureFunctions);
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(KEPT_IN_ALL)
            .weigher((String sql, Verdict verdict) -> weight(sql, verdict))
            .build();
  }

  /** What {@code sql} proves. Never throws, whatever the text. */
  public Verdict verdict(String sql) {
    if (sql.length() > KEPT) {
      return scan(sql);
    }
    // Not Cache.get with a function: two threads may scan one text, but none waits for another.
    Verdict known = kept.getIfPresent(sql);
    if (known == null) {
      known = scan(sql);
      kept.put(sql, known);
    }
    return known;
  }

  /**
   * A server has refused {@code sql} as a write, whatever it seemed to prove: from now on, as long
   * as it is kept, it is for the primary. What that text proves then.
   */
  public Verdict refused(String sql) {
    Verdict write = verdict(sql).refused();
    if (sql.length() <= KEPT) {
      kept.put(sql, write);
    }
    return write;
  }

  /** How many characters the kept texts count for. */
  long keptCharacters() {
    kept.cleanUp();
    return kept.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  /** How many texts are kept. */
  long keptTexts() {
    kept.cleanUp();
    return kept.estimatedSize();
  }

  private Verdict scan(String sql) {
    if (sql.length() <= SCANNED) {
      return Scan.of(sql, dialect, functions);
    }
    // What it leaves in the session shows at its beginning, and its end matters no more.
    Verdict part = Scan.of(sql.substring(0, SCANNED), dialect, functions);
    Kind kind = part.kind() == Kind.READ ? Kind.OTHER : part.kind();
    return new Verdict(
        Target.PRIMARY, TOO_LONG, kind, Hint.NONE, part.sticky(), part.statementClass(), false, "");
  }

  private static int weight(String sql, Verdict verdict) {
    return OVERHEAD + sql.length() + verdict.reason().length() + verdict.explained().length();
  }
}
