package dev.inmesh.jdbc.sql;

import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;

/**
 * One reading of one text: the rules of routing over the tokens, of which it remembers the last
 * three. Goes on to the end even when the route is decided, for what makes a connection sticky.
 *
 * <p>Every rule errs to the primary. A word counts wherever it stands, except where no grammar
 * takes a keyword: behind the dot of a name, behind AS, in quotes.
 */
final class Scan {

  static final String UNTERMINATED = "unterminated literal";

  /**
   * What takes time is tokens, parentheses less than others, and no statement that anybody means
   * has as many in a text that is looked at as a whole.
   */
  static final int MOST_TOKENS = 750_000;

  private final CharSequence text;
  private final Dialect dialect;
  private final Hints hints;
  private final Lexer lexer;
  private final Trail trail = new Trail();
  private final Nesting nesting = new Nesting();
  private final Finding finding;
  private final Beginning beginning;
  private final Forbidden forbidden;
  private final Calls calls;

  private boolean severalStatements;
  private boolean broken;

  private Scan(CharSequence text, Dialect dialect, Functions functions, boolean backslashEscapes) {
    this.text = text;
    this.dialect = dialect;
    this.hints = new Hints(text);
    this.lexer = new Lexer(text, dialect, backslashEscapes, hints);
    this.finding = new Finding(text);
    this.beginning = new Beginning(text, dialect, functions, trail, nesting, finding);
    this.forbidden = new Forbidden(dialect, trail, nesting, finding);
    this.calls = new Calls(text, dialect, functions, trail, nesting, finding);
  }

  /** What {@code text} proves, under every way in which its server may read it. */
  static Verdict of(CharSequence text, Dialect dialect, Functions functions) {
    Scan first = new Scan(text, dialect, functions, dialect.backslashEscapes());
    Verdict verdict = first.run();
    if (!first.lexer.ambiguous()) {
      return verdict;
    }
    Scan second = new Scan(text, dialect, functions, !dialect.backslashEscapes());
    Verdict other = second.run();
    // A reading in which the text never ends is one in which the server refuses the whole of it.
    if (second.cantRun()) {
      return verdict;
    }
    return first.cantRun() ? other : verdict.meet(other);
  }

  private boolean cantRun() {
    // MySQL runs what stands before a semicolon without having looked at what follows.
    return broken && !severalStatements && finding.is(UNTERMINATED);
  }

  private Verdict run() {
    int tokens = 0;
    while (beginning.explainedFrom < 0) {
      if (tokens == MOST_TOKENS) {
        finding.no(Statements.TOO_LONG);
        // Nobody has seen what comes after.
        finding.sticky = true;
        break;
      }
      Token token = lexer.next();
      if (token == Token.BROKEN) {
        broken = true;
        if (lexer.doubt()) {
          finding.no("ambiguous literal");
        }
        finding.no(lexer.trouble());
        break;
      }
      if (token != Token.OPEN && token != Token.CLOSE) {
        tokens++;
      }
      forbidden.settle(token);
      if (token == Token.NONE) {
        finish();
        break;
      }
      take(token);
    }
    return verdict();
  }

  private void finish() {
    if (!beginning.seen()) {
      finding.no("empty");
    } else if (nesting.depth != 0) {
      finding.no("unbalanced parentheses");
    } else if (beginning.explaining()) {
      finding.no("unknown statement");
    }
    if (lexer.doubt()) {
      finding.no("ambiguous literal");
    }
  }

  private Verdict verdict() {
    if (beginning.explainedFrom < 0) {
      return finding.verdict(hints, isPing());
    }
    return new Verdict(
        Target.PRIMARY,
        "explain mesh",
        Kind.EXPLAIN_MESH,
        Hint.NONE,
        false,
        "",
        false,
        beginning.explained());
  }

  /** {@code SELECT} and one literal are all there is. */
  private boolean isPing() {
    Token last = trail.token(1);
    return (last == Token.NUMBER || last == Token.LITERAL)
        && trail.word(2) == Word.SELECT
        && trail.token(3) == Token.NONE;
  }

  private void take(Token token) {
    if (severalStatements(token)) {
      finding.no("several statements");
    }
    Word word = token == Token.WORD ? word() : Word.NAME;
    switch (token) {
      case OPEN -> open();
      case CLOSE -> {
        close();
        if (nesting.endDistinctOn()) {
          // An expression follows, and not an alias.
          trail.add(Token.OPERATOR, Word.NAME, lexer.start, lexer.end);
          return;
        }
      }
      case SEMICOLON -> {
        return;
      }
      case ASSIGNMENT -> {
        finding.no("assignment");
        finding.sticky |= dialect != Dialect.POSTGRESQL;
      }
      case VARIABLE -> {
        finding.no("user variable");
        finding.sticky = true;
      }
      case SERVER_VARIABLE -> finding.no("server variable");
      case QUOTED -> quotedName();
      default -> {}
    }
    if (!beginning.seen() && token != Token.OPEN && token != Token.BRACE) {
      beginning.none();
    }
    trail.add(token, word, lexer.start, lexer.end);
  }

  /** Whether this token is the first one behind a semicolon. */
  private boolean severalStatements(Token token) {
    if (token == Token.SEMICOLON) {
      severalStatements |= beginning.seen();
      return false;
    }
    if (!severalStatements) {
      return false;
    }
    severalStatements = false;
    finding.sticky |= finding.kind == Kind.TRANSACTION || finding.kind == Kind.TRANSACTION_END;
    finding.kind = Kind.OTHER;
    beginning.reset();
    trail.clear();
    return true;
  }

  /** H2 takes the last part of {@code s."NEXTVAL"} for the pseudo column. */
  private void quotedName() {
    if (dialect == Dialect.H2 && trail.qualifies()) {
      pseudoColumn(Word.at(text, lexer.start + 1, lexer.end - 1));
    }
  }

  private void pseudoColumn(Word word) {
    if (word == Word.NEXTVAL || word == Word.CURRVAL) {
      finding.sequence(word);
    }
  }

  private void open() {
    Token before = trail.token(1);
    if (before == Token.WORD || before == Token.QUOTED) {
      calls.call(lexer.start);
    } else if (before == Token.CLOSE_BRACKET && dialect == Dialect.H2) {
      finding.no("ambiguous literal");
    }
    if (before == Token.CLOSE) {
      // The statement behind the list, in parentheses.
      nesting.endWithList();
    }
    boolean distinctOn = trail.word(1) == Word.ON && trail.word(2) == Word.DISTINCT;
    if (distinctOn && nesting.beginDistinctOn()) {
      finding.no("nested DISTINCT ON");
    }
    nesting.depth++;
  }

  private void close() {
    nesting.endWithList();
    nesting.depth--;
    if (nesting.depth < 0) {
      finding.no("unbalanced parentheses");
      nesting.depth = 0;
    }
  }

  private Word word() {
    Word word = Word.at(text, lexer.start, lexer.end);
    if (trail.qualifies()) {
      pseudoColumn(word);
      return Word.NAME;
    }
    if (!beginning.seen()) {
      beginning.first(word);
      return word;
    }
    beginning.count();
    if (trail.word(1) == Word.AS && word != Word.NOT && word != Word.MATERIALIZED) {
      return Word.NAME;
    }
    beginning.further(word, lexer.start, lexer.end);
    forbidden.word(word);
    return word;
  }
}
