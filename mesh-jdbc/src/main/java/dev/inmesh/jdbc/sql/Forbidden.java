package dev.inmesh.jdbc.sql;

/** The words that forbid a replica wherever they stand, at any depth. */
final class Forbidden {

  private final Dialect dialect;
  private final Trail trail;
  private final Nesting nesting;
  private final Finding finding;

  /** INSERT and REPLACE are functions too: decided by what follows. */
  private boolean undecidedWrite;

  Forbidden(Dialect dialect, Trail trail, Nesting nesting, Finding finding) {
    this.dialect = dialect;
    this.trail = trail;
    this.nesting = nesting;
    this.finding = finding;
  }

  /** Decides what the token before {@code token} left open. */
  void settle(Token token) {
    if (undecidedWrite && token != Token.OPEN) {
      finding.no("write");
    }
    undecidedWrite = false;
  }

  /** Takes up a word behind the first one of its statement. */
  void word(Word word) {
    switch (word) {
      case WITH -> {
        if (trail.token(1) == Token.OPEN) {
          nesting.beginWithList();
        }
      }
      case SELECT, VALUES, TABLE, BY -> nesting.endWithList();
      case UPDATE, SHARE, NO, KEY -> {
        if (trail.word(1) == Word.FOR) {
          finding.no("locking read");
        } else if (word == Word.UPDATE) {
          finding.no("write");
        }
      }
      case INSERT, REPLACE -> undecidedWrite = true;
      case DELETE, MERGE, CALL, DO, HANDLER -> finding.no("write");
      case LOCK -> finding.no("locking read");
      case INTO -> finding.no("select into");
      case NEXTVAL, CURRVAL -> finding.sequence(word);
      case VALUE -> value();
      case TEMP, TEMPORARY -> temporary();
      case PG_TEMP -> {
        if (dialect == Dialect.POSTGRESQL) {
          sessionState();
        }
      }
      case SQL_CALC_FOUND_ROWS -> sessionState();
      case UESCAPE -> finding.no("ambiguous literal");
      default -> {}
    }
  }

  private void value() {
    Word before = trail.word(1);
    if (before == Word.NEXT) {
      finding.sequence(Word.NEXTVAL);
    } else if (before == Word.PREVIOUS || before == Word.CURRENT) {
      finding.sequence(Word.CURRVAL);
    }
  }

  private void temporary() {
    switch (trail.word(1)) {
      case CREATE, INTO, REPLACE, LOCAL, GLOBAL, CACHED, MEMORY -> finding.sticky = true;
      default -> {}
    }
  }

  private void sessionState() {
    finding.no("session state");
    finding.sticky = true;
  }
}
