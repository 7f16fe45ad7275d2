package dev.inmesh.jdbc.sql;

import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import dev.inmesh.jdbc.sql.Word.Head;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One reading of one text: the rules of routing over the tokens, of which it remembers the last
 * three. Goes on to the end even when the route is decided, for what makes a connection sticky.
 *
 * <p>Every rule errs to the primary. A word counts wherever it stands, except where no grammar
 * takes a keyword: behind the dot of a name, behind AS, in quotes.
 */
final class Scan {

  static final String UNTERMINATED = "unterminated literal";

  /** A function is named in a reason up to here. */
  private static final int SHOWN = 60;

  private static final Names<Boolean> PG_CATALOG = new Names<>(Map.of("pg_catalog.", true));

  private final CharSequence text;
  private final Dialect dialect;
  private final Functions functions;
  private final Hints hints;
  private final Lexer lexer;
  private final Trail trail = new Trail();

  private int depth;

  /** Whether a WITH's list is going on, one bit for each of the first 64 depths. */
  private long withLists;

  /** Where the parenthesis of a DISTINCT ON was opened; -1 outside one. */
  private int distinctOn = -1;

  private Word head = Word.NAME;
  private boolean headSeen;
  private boolean explaining;
  private int wordsSinceHead;
  private boolean severalStatements;

  /** INSERT and REPLACE are functions too: decided by what follows. */
  private boolean undecidedWrite;

  private Kind kind = Kind.READ;
  private boolean sticky;
  private String reason = "";

  /** Whether the reason is more than a function nobody knows, which a hint can vouch for. */
  private boolean proven;

  private int explainedFrom = -1;
  private boolean broken;

  private Scan(CharSequence text, Dialect dialect, Functions functions, boolean backslashEscapes) {
    this.text = text;
    this.dialect = dialect;
    this.functions = functions;
    this.hints = new Hints(text);
    this.lexer = new Lexer(text, dialect, backslashEscapes, hints);
  }

  /** What {@code text} proves, under every way in which its server may read it. */
  static Verdict of(CharSequence text, Dialect dialect, Functions functions) {
    Scan first = new Scan(text, dialect, functions, dialect.backslashEscapes());
    Verdict verdict = first.run();
    if (!first.lexer.ambiguous) {
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
    return broken && !severalStatements && reason.equals(UNTERMINATED);
  }

  private Verdict run() {
    while (explainedFrom < 0) {
      Token token = lexer.next();
      if (token == Token.BROKEN) {
        broken = true;
        if (lexer.doubt) {
          no("ambiguous literal");
        }
        no(lexer.trouble);
        break;
      }
      settle(token);
      if (token == Token.NONE) {
        finish();
        break;
      }
      take(token);
    }
    return verdict();
  }

  private void finish() {
    if (!headSeen) {
      no("empty");
    } else if (depth != 0) {
      no("unbalanced parentheses");
    } else if (explaining) {
      no("unknown statement");
    }
    if (lexer.doubt) {
      no("ambiguous literal");
    }
  }

  private Verdict verdict() {
    if (explainedFrom >= 0) {
      String explained = text.subSequence(explainedFrom, text.length()).toString().strip();
      return new Verdict(
          Target.PRIMARY, "explain mesh", Kind.EXPLAIN_MESH, Hint.NONE, false, "", explained);
    }
    boolean read = reason.isEmpty();
    boolean vouched = !read && !proven && hints.asked == Hint.REPLICA;
    Target target = read || vouched ? Target.REPLICA : Target.PRIMARY;
    String why = read ? "read" : vouched ? "hint" : reason;
    if (target == Target.REPLICA && !hints.trouble.isEmpty()) {
      target = Target.PRIMARY;
      why = hints.trouble;
    } else if (target == Target.REPLICA && hints.asked == Hint.PRIMARY) {
      target = Target.PRIMARY;
      why = "hint";
    }
    Kind what = kind == Kind.READ && !read && !vouched ? Kind.OTHER : kind;
    return new Verdict(target, why, what, hints.asked, sticky, hints.statementClass, "");
  }

  /** Remembers why not; the first reason is the one that is told. */
  private void no(String why) {
    if (reason.isEmpty() || (!proven && !why.isEmpty())) {
      reason = why;
    }
    proven = true;
  }

  private void unknownFunction(int from, int to) {
    if (reason.isEmpty()) {
      reason = "unknown function " + name(from, to);
    }
  }

  private String name(int from, int to) {
    return text.subSequence(from, Math.min(to, from + SHOWN)).toString();
  }

  // ---- tokens

  /** What the token before left open is decided by what follows. */
  private void settle(Token token) {
    if (undecidedWrite && token != Token.OPEN) {
      no("write");
    }
    undecidedWrite = false;
  }

  private void take(Token token) {
    if (severalStatements(token)) {
      no("several statements");
    }
    Word word = token == Token.WORD ? word() : Word.NAME;
    switch (token) {
      case OPEN -> open();
      case CLOSE -> {
        close();
        if (depth == distinctOn) {
          // An expression follows, and not an alias.
          distinctOn = -1;
          trail.add(Token.OPERATOR, Word.NAME, lexer.start, lexer.end);
          return;
        }
      }
      case SEMICOLON -> {
        return;
      }
      case ASSIGNMENT -> {
        no("assignment");
        sticky |= dialect != Dialect.POSTGRESQL;
      }
      case VARIABLE -> {
        no("user variable");
        sticky = true;
      }
      case SERVER_VARIABLE -> no("server variable");
      case QUOTED -> quotedName();
      default -> {}
    }
    if (!headSeen && token != Token.OPEN && token != Token.BRACE) {
      headSeen = true;
      kind = Kind.OTHER;
      no("unknown statement");
    }
    trail.add(token, word, lexer.start, lexer.end);
  }

  /** Whether this token is the first one behind a semicolon. */
  private boolean severalStatements(Token token) {
    if (token == Token.SEMICOLON) {
      severalStatements |= headSeen;
      return false;
    }
    if (!severalStatements) {
      return false;
    }
    severalStatements = false;
    sticky |= kind == Kind.TRANSACTION;
    kind = Kind.OTHER;
    headSeen = false;
    explaining = false;
    trail.clear();
    return true;
  }

  /** H2 takes the last part of {@code s."NEXTVAL"} for the pseudo column. */
  private void quotedName() {
    if (dialect == Dialect.H2 && trail.qualifies()) {
      Word word = Word.at(text, lexer.start + 1, lexer.end - 1);
      if (word == Word.NEXTVAL || word == Word.CURRVAL) {
        sequence(word);
      }
    }
  }

  private void open() {
    Token before = trail.token(1);
    if (before == Token.WORD || before == Token.QUOTED) {
      call();
    } else if (before == Token.CLOSE_BRACKET && dialect == Dialect.H2) {
      no("ambiguous literal");
    }
    if (before == Token.CLOSE) {
      // The statement behind the list, in parentheses.
      endWithList();
    }
    if (trail.word(1) == Word.ON && trail.word(2) == Word.DISTINCT) {
      if (distinctOn >= 0) {
        no("nested DISTINCT ON");
      }
      distinctOn = depth;
    }
    depth++;
  }

  private void close() {
    endWithList();
    depth--;
    if (depth < 0) {
      no("unbalanced parentheses");
      depth = 0;
    }
  }

  // ---- words

  private Word word() {
    Word word = Word.at(text, lexer.start, lexer.end);
    if (trail.qualifies()) {
      if (word == Word.NEXTVAL || word == Word.CURRVAL) {
        sequence(word);
      }
      return Word.NAME;
    }
    if (!headSeen) {
      head(word);
      return word;
    }
    wordsSinceHead++;
    if (trail.word(1) == Word.AS && word != Word.NOT && word != Word.MATERIALIZED) {
      return Word.NAME;
    }
    if (explaining) {
      explain(word);
    } else if (head == Word.SHOW) {
      show();
    } else if (head.head != Head.READ) {
      session(word);
    }
    inside(word);
    return word;
  }

  private void head(Word word) {
    headSeen = true;
    head = word;
    wordsSinceHead = 0;
    switch (word.head) {
      case READ -> readHead(word);
      case WRITE -> {
        kind = Kind.OTHER;
        no("write");
        sticky |= word == Word.LOCK && dialect == Dialect.MYSQL;
      }
      case TRANSACTION -> {
        kind = Kind.TRANSACTION;
        no("transaction control");
        sticky |= word == Word.XA;
      }
      case SESSION -> {
        kind = Kind.SESSION;
        no(word == Word.SET ? "set" : "session state");
        // Whoever sets what is known to end with the transaction takes it back.
        sticky = true;
      }
      case OTHER -> {
        kind = Kind.OTHER;
        no("unknown statement");
      }
      case UNKNOWN -> {
        kind = Kind.OTHER;
        no("unknown statement");
        sticky = true;
      }
    }
  }

  private void readHead(Word word) {
    boolean nested = trail.token(1) == Token.OPEN;
    if (nested && (word == Word.SHOW || word == Word.EXPLAIN)) {
      no("unknown statement");
    }
    explaining = word == Word.EXPLAIN;
    if (word == Word.WITH) {
      withList();
    }
  }

  private void withList() {
    if (depth < 64) {
      withLists |= 1L << depth;
    }
  }

  private void endWithList() {
    if (depth < 64) {
      withLists &= ~(1L << depth);
    }
  }

  private void explain(Word word) {
    switch (word) {
      case SELECT, VALUES, TABLE -> explaining = false;
      case WITH -> {
        explaining = false;
        withList();
      }
      case ANALYZE, ANALYSE -> no("explain analyze");
      case MESH -> {
        if (trail.word(1) == Word.EXPLAIN && !rest().isEmpty()) {
          explainedFrom = lexer.end;
        } else {
          no("unknown statement");
        }
      }
      case VERBOSE, FORMAT, JSON, TREE, TRADITIONAL, EXTENDED, PARTITIONS, PLAN, FOR -> {}
      default -> {
        if (depth == 0) {
          no(word.head == Head.WRITE ? "write" : "unknown statement");
          explaining = false;
        }
      }
    }
  }

  private String rest() {
    return text.subSequence(lexer.end, text.length()).toString().strip();
  }

  private void show() {
    if (wordsSinceHead == 1 && !functions.shown(text, lexer.start, lexer.end)) {
      no("session state");
    }
  }

  /** What a statement that goes to the primary anyway leaves behind. */
  private void session(Word word) {
    boolean second = wordsSinceHead == 1;
    switch (word) {
      case LOCAL, CONSTRAINTS -> {
        if (second && head == Word.SET && dialect == Dialect.POSTGRESQL) {
          sticky = false;
        }
      }
      case TRANSACTION -> {
        if (second && (head == Word.SET || head == Word.PREPARE)) {
          kind = Kind.TRANSACTION;
          sticky = dialect == Dialect.MYSQL;
        }
      }
      case NOT -> {
        if (second && head == Word.BEGIN) {
          kind = Kind.OTHER;
        }
      }
      default -> {}
    }
    if (second && head == Word.START && word != Word.TRANSACTION) {
      kind = Kind.OTHER;
      no("unknown statement");
    }
    sticky |= word == Word.SERIALIZABLE && kind != Kind.OTHER;
  }

  /** The rules that hold at any depth. */
  private void inside(Word word) {
    switch (word) {
      case WITH -> {
        if (trail.token(1) == Token.OPEN) {
          withList();
        }
      }
      case SELECT, VALUES, TABLE, BY -> endWithList();
      case UPDATE, SHARE, NO, KEY -> {
        if (trail.word(1) == Word.FOR) {
          no("locking read");
        } else if (word == Word.UPDATE) {
          no("write");
        }
      }
      case INSERT, REPLACE -> undecidedWrite = true;
      case DELETE, MERGE, CALL, DO, HANDLER -> no("write");
      case LOCK -> no("locking read");
      case INTO -> no("select into");
      case NEXTVAL, CURRVAL -> sequence(word);
      case VALUE -> {
        Word before = trail.word(1);
        if (before == Word.NEXT) {
          sequence(Word.NEXTVAL);
        } else if (before == Word.PREVIOUS || before == Word.CURRENT) {
          sequence(Word.CURRVAL);
        }
      }
      case TEMP, TEMPORARY -> temporary();
      case PG_TEMP -> {
        if (dialect == Dialect.POSTGRESQL) {
          no("session state");
          sticky = true;
        }
      }
      case SQL_CALC_FOUND_ROWS -> {
        no("session state");
        sticky = true;
      }
      case UESCAPE -> no("ambiguous literal");
      default -> {}
    }
  }

  private void sequence(Word word) {
    no(word == Word.NEXTVAL ? "function nextval" : "function currval");
    sticky |= word == Word.CURRVAL;
  }

  private void temporary() {
    switch (trail.word(1)) {
      case CREATE, INTO, REPLACE, LOCAL, GLOBAL, CACHED, MEMORY -> sticky = true;
      default -> {}
    }
  }

  // ---- functions

  /** A parenthesis follows a name: is it a call, and of what? */
  private void call() {
    int from = trail.start();
    int to = trail.end();
    if (trail.token(2) == Token.DOT) {
      qualifiedCall(from, to);
      return;
    }
    if (trail.noCall() || cteColumns()) {
      return;
    }
    boolean quoted = trail.token(1) == Token.QUOTED;
    if (quoted && (dialect != Dialect.POSTGRESQL || !lower(from + 1, to - 1))) {
      unknownFunction(from, to);
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
    judge(functions.effect(text, from, to), from, to);
  }

  private void judge(Functions.@Nullable Effect effect, int from, int to) {
    if (effect == null) {
      unknownFunction(from, to);
      return;
    }
    switch (effect) {
      case PURE, SYNTAX, SHOW -> {}
      case ADJACENT -> {
        if (lexer.start != to) {
          unknownFunction(from, to);
        }
      }
      case EFFECT -> no("function " + name(from, to));
      case SESSION -> {
        no("function " + name(from, to));
        sticky = true;
      }
    }
  }

  /** A function of PostgreSQL's own schema, or one that the user listed with its schema. */
  private void qualifiedCall(int from, int to) {
    int chain = trail.chain();
    boolean plain = chain >= 0 && trail.token(1) == Token.WORD;
    if (!plain) {
      unknownFunction(from, to);
      return;
    }
    if (dialect == Dialect.POSTGRESQL && pgCatalog(chain, from)) {
      judge(functions.effect(text, from, to), from, to);
    } else {
      judge(functions.effect(text, chain, to), chain, to);
    }
  }

  private boolean pgCatalog(int from, int to) {
    return PG_CATALOG.find(text, from, to) != null;
  }

  /** {@code WITH a(b) AS}, {@code WITH x AS (...), a(b) AS}. */
  private boolean cteColumns() {
    if (depth >= 64 || (withLists & (1L << depth)) == 0) {
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
