package dev.inmesh.jdbc.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges a name before a parenthesis: is it a call, and of what? */
final class Calls {

  private static final Names<Boolean> PG_CATALOG = new Names<>(Map.of("pg_catalog.", true));

  private final CharSequence text;
  private final Dialect dialect;
  private final Functions functions;
  private final Trail trail;
  private final Nesting nesting;
  private final Finding finding;

  Calls(
      CharSequence text,
      Dialect dialect,
      Functions functions,
      Trail trail,
      Nesting nesting,
      Finding finding) {
    this.text = text;
    this.dialect = dialect;
    this.functions = functions;
    this.trail = trail;
    this.nesting = nesting;
    this.finding = finding;
  }

  /** A parenthesis stands at {@code open}, behind a name. */
  void call(int open) {
    int from = trail.start();
    int to = trail.end();
    if (trail.token(2) == Token.DOT) {
      qualified(from, to, open);
      return;
    }
    if (trail.noCall() || cteColumns()) {
      return;
    }
    boolean quoted = trail.token(1) == Token.QUOTED;
    if (quoted && (dialect != Dialect.POSTGRESQL || !lower(from + 1, to - 1))) {
      finding.unknownFunction(from, to);
      return;
    }
    if (quoted) {
      from++;
      to--;
    }
    boolean escape = trail.word(2) == Word.FN && trail.token(3) == Token.BRACE;
    if (escape && functions.escape(text, from, to)) {
      return;
    }
    judge(functions.effect(text, from, to), from, to, open);
  }

  private void judge(Functions.@Nullable Effect effect, int from, int to, int open) {
    if (effect == null) {
      finding.unknownFunction(from, to);
      return;
    }
    switch (effect) {
      case PURE, SYNTAX, SHOW -> {}
      case ADJACENT -> {
        if (open != to) {
          finding.unknownFunction(from, to);
        }
      }
      case EFFECT -> finding.function(from, to);
      case SESSION -> {
        finding.function(from, to);
        finding.sticky = true;
      }
    }
  }

  /** A function of PostgreSQL's own schema, or one that the user listed with its schema. */
  private void qualified(int from, int to, int open) {
    int chain = trail.chain();
    boolean plain = chain >= 0 && trail.token(1) == Token.WORD;
    if (!plain) {
      finding.unknownFunction(from, to);
      return;
    }
    boolean own = dialect == Dialect.POSTGRESQL && PG_CATALOG.find(text, chain, from) != null;
    int begin = own ? from : chain;
    judge(functions.effect(text, begin, to), begin, to, open);
  }

  /** {@code WITH a(b) AS}, {@code WITH x AS (...), a(b) AS}. */
  private boolean cteColumns() {
    if (!nesting.inWithList()) {
      return false;
    }
    Word before = trail.word(2);
    return before == Word.WITH || before == Word.RECURSIVE || trail.token(2) == Token.COMMA;
  }

  private boolean lower(int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return false;
      }
    }
    return true;
  }
}
