package dev.inmesh.jdbc.sql;

import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Word.Head;
import java.util.EnumSet;
import java.util.Set;

/**
 * The beginning of a statement: what its first word makes of it, and what the words next to that
 * one change, as in {@code SET LOCAL}. Decides with them what it leaves behind in the session.
 */
final class Beginning {

  private static final Set<Word> ENDS =
      EnumSet.of(Word.COMMIT, Word.ROLLBACK, Word.END, Word.ABORT);

  private final Dialect dialect;
  private final Functions functions;
  private final CharSequence text;
  private final Trail trail;
  private final Nesting nesting;
  private final Finding finding;

  private Word head = Word.NAME;
  private boolean seen;
  private boolean explaining;
  private int wordsSince;

  /** Where the statement begins that EXPLAIN MESH explains; -1 without one. */
  int explainedFrom = -1;

  Beginning(
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

  /** Whether the first token is over, parentheses aside. */
  boolean seen() {
    return seen;
  }

  /** Whether what EXPLAIN explains is still to come. */
  boolean explaining() {
    return explaining;
  }

  /** Another statement follows. */
  void reset() {
    seen = false;
    explaining = false;
  }

  /** The first token is no word. */
  void none() {
    seen = true;
    finding.kind = Kind.OTHER;
    finding.no("unknown statement");
  }

  /** The first word. */
  void first(Word word) {
    seen = true;
    head = word;
    wordsSince = 0;
    switch (word.head) {
      case READ -> read(word);
      case WRITE -> {
        finding.kind = Kind.OTHER;
        finding.no("write");
        finding.sticky |= word == Word.LOCK && dialect == Dialect.MYSQL;
      }
      case TRANSACTION -> {
        finding.kind = ENDS.contains(word) ? Kind.TRANSACTION_END : Kind.TRANSACTION;
        finding.no(Verdict.TRANSACTION_CONTROL);
        finding.sticky |= word == Word.XA;
      }
      case SESSION -> {
        finding.kind = Kind.SESSION;
        finding.no(word == Word.SET ? "set" : "session state");
        // Whoever sets what is known to end with the transaction takes it back.
        finding.sticky = true;
      }
      case OTHER -> {
        finding.kind = Kind.OTHER;
        finding.no("unknown statement");
      }
      case UNKNOWN -> {
        finding.kind = Kind.OTHER;
        finding.no("unknown statement");
        finding.sticky = true;
      }
    }
  }

  private void read(Word word) {
    boolean nested = trail.token(1) == Token.OPEN;
    if (nested && (word == Word.SHOW || word == Word.EXPLAIN)) {
      finding.no("unknown statement");
    }
    explaining = word == Word.EXPLAIN;
    if (word == Word.WITH) {
      nesting.beginWithList();
    }
  }

  /** Counts a word that isn't the first. */
  void count() {
    wordsSince++;
  }

  /** A word behind the first, from {@code start} to before {@code end}. */
  void further(Word word, int start, int end) {
    if (explaining) {
      explain(word, end);
    } else if (head == Word.SHOW) {
      if (wordsSince == 1 && !functions.shown(text, start, end)) {
        finding.no("session state");
      }
    } else if (head.head != Head.READ) {
      session(word);
    }
  }

  private void explain(Word word, int end) {
    switch (word) {
      case SELECT, VALUES, TABLE -> explaining = false;
      case WITH -> {
        explaining = false;
        nesting.beginWithList();
      }
      case ANALYZE, ANALYSE -> finding.no("explain analyze");
      case MESH -> {
        if (trail.word(1) == Word.EXPLAIN && !rest(end).isEmpty()) {
          explainedFrom = end;
        } else {
          finding.no("unknown statement");
        }
      }
      case VERBOSE, FORMAT, JSON, TREE, TRADITIONAL, EXTENDED, PARTITIONS, PLAN, FOR -> {}
      default -> {
        if (nesting.depth == 0) {
          finding.no(word.head == Head.WRITE ? "write" : "unknown statement");
          explaining = false;
        }
      }
    }
  }

  /** The statement that EXPLAIN MESH explains. */
  String explained() {
    return rest(explainedFrom);
  }

  private String rest(int from) {
    return text.subSequence(from, text.length()).toString().strip();
  }

  /** What a statement that goes to the primary anyway leaves behind. */
  private void session(Word word) {
    boolean second = wordsSince == 1;
    if (finding.kind == Kind.TRANSACTION_END && !(second && word == Word.TRANSACTION)) {
      // Back to a savepoint, or the next one begins at once; also WORK, which is rare.
      finding.kind = Kind.TRANSACTION;
    }
    switch (word) {
      case LOCAL, CONSTRAINTS -> {
        if (second && head == Word.SET && dialect == Dialect.POSTGRESQL) {
          finding.sticky = false;
        }
      }
      case TRANSACTION -> {
        if (second && (head == Word.SET || head == Word.PREPARE)) {
          finding.kind = Kind.TRANSACTION;
          finding.sticky = dialect == Dialect.MYSQL;
        }
      }
      case NOT -> {
        if (second && head == Word.BEGIN) {
          finding.kind = Kind.OTHER;
        }
      }
      default -> {}
    }
    if (second && head == Word.START && word != Word.TRANSACTION) {
      finding.kind = Kind.OTHER;
      finding.no("unknown statement");
    }
    finding.sticky |= word == Word.SERIALIZABLE && finding.kind != Kind.OTHER;
  }
}
