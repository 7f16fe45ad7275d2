package dev.inmesh.jdbc.sql;

/**
 * Parts a text into tokens, once from its beginning to its end; makes no object for a token.
 *
 * <p>Where a dialect, a server's setting or a version decides what a character means, and the two
 * meanings hide different things, the text is {@link Token#BROKEN}. Two such doubts are too common
 * for that, and are remembered instead: {@link #ambiguous} and {@link #doubt}.
 */
final class Lexer {

  private final Dialect dialect;
  private final Cursor cursor;
  private final Comments comments;
  private final Literals literals;

  /** Where the token begins, and where it ends, quotes included. */
  int start;

  int end;

  Lexer(CharSequence text, Dialect dialect, boolean backslashEscapes, Hints hints) {
    this.dialect = dialect;
    this.cursor = new Cursor(text, dialect);
    this.comments = new Comments(cursor, dialect, hints);
    this.literals = new Literals(cursor, dialect, backslashEscapes);
  }

  /** Whether a plain literal ends elsewhere when backslashes are read the other way. */
  boolean ambiguous() {
    return literals.ambiguous;
  }

  /** Whether the text has to be written off, though it can be read on. */
  boolean doubt() {
    return literals.doubt;
  }

  /** Why the text is broken. */
  String trouble() {
    return cursor.trouble;
  }

  /** The next token; {@link Token#NONE} at the end. */
  Token next() {
    if (!skipBlanks()) {
      return Token.BROKEN;
    }
    start = cursor.position;
    if (cursor.atEnd()) {
      end = cursor.position;
      return Token.NONE;
    }
    boolean continues = literals.afterEscaped;
    literals.afterEscaped = false;
    Token token = token(cursor.peek(), continues);
    end = cursor.position;
    return token;
  }

  private Token token(char c, boolean continuesEscaped) {
    if (Cursor.wordStart(c)) {
      return word();
    }
    if (Cursor.digit(c)) {
      return number();
    }
    cursor.position++;
    return switch (c) {
      // A literal in PostgreSQL goes on behind a line break, with the escapes that it had.
      case '\'' -> continuesEscaped ? literals.escaped() : literals.plain();
      case '"' -> literals.quoted('"');
      case '`' -> dialect == Dialect.POSTGRESQL ? Token.OPERATOR : literals.quoted('`');
      case '$' -> literals.dollar(start);
      case '(' -> Token.OPEN;
      case ')' -> Token.CLOSE;
      case ',' -> Token.COMMA;
      case ';' -> Token.SEMICOLON;
      case '{', '}' -> Token.BRACE;
      case '.' -> dot();
      case '?' -> placeholder();
      case ':' -> colon();
      case '@' -> variable();
      case '[', ']' -> bracket(c);
      case '+', '-', '*', '/', '<', '>', '=', '~', '!', '%', '^', '&', '|' -> Token.OPERATOR;
      case '#' ->
          dialect == Dialect.POSTGRESQL ? Token.OPERATOR : cursor.broken("unknown character");
      default -> cursor.broken("unknown character");
    };
  }

  private Token dot() {
    if (!Cursor.digit(cursor.peek())) {
      return Token.DOT;
    }
    cursor.skipDigits();
    exponent();
    return Token.NUMBER;
  }

  private Token bracket(char c) {
    cursor.brackets += c == '[' ? 1 : -1;
    return c == '[' ? Token.OPERATOR : Token.CLOSE_BRACKET;
  }

  // ---- blanks

  /** Whether the text could be read up to the next token. */
  private boolean skipBlanks() {
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == ' ' || (c >= '\t' && c <= '\r')) {
        cursor.position++;
      } else if (comments.begins(c)) {
        if (!comments.skip(c)) {
          return false;
        }
      } else {
        return true;
      }
    }
    return true;
  }

  // ---- words and numbers

  private Token word() {
    int from = cursor.position;
    cursor.position++;
    while (!cursor.atEnd() && Cursor.wordPart(cursor.peek())) {
      cursor.position++;
    }
    boolean escaped =
        dialect == Dialect.POSTGRESQL
            && cursor.position - from == 1
            && (cursor.at(from) | 0x20) == 'e'
            && cursor.peek() == '\'';
    if (escaped) {
      cursor.position++;
      return literals.escaped();
    }
    return Token.WORD;
  }

  /** Ends before a letter: in some versions {@code 1INTO} is two tokens. */
  private Token number() {
    cursor.skipDigits();
    if (cursor.peek() == '.') {
      cursor.position++;
      cursor.skipDigits();
    }
    exponent();
    return Token.NUMBER;
  }

  private void exponent() {
    if ((cursor.peek() | 0x20) != 'e') {
      return;
    }
    char next = cursor.second();
    boolean signed = (next == '+' || next == '-') && Cursor.digit(cursor.at(cursor.position + 2));
    if (signed || Cursor.digit(next)) {
      cursor.position += signed ? 3 : 2;
      cursor.skipDigits();
    }
  }

  private Token placeholder() {
    if (dialect == Dialect.POSTGRESQL) {
      char next = cursor.peek();
      if (next == '?') {
        // What pgjdbc makes the operator ? of.
        cursor.position++;
        return Token.OPERATOR;
      }
      if (next == '|' || next == '&') {
        cursor.position++;
        return Token.OPERATOR;
      }
    }
    cursor.skipDigits();
    return Token.PLACEHOLDER;
  }

  private Token colon() {
    char next = cursor.peek();
    if (next == '=') {
      cursor.position++;
      return Token.ASSIGNMENT;
    }
    if (next == ':') {
      cursor.position++;
    }
    return Token.OPERATOR;
  }

  private Token variable() {
    if (dialect == Dialect.POSTGRESQL) {
      return Token.OPERATOR;
    }
    if (cursor.peek() == '@') {
      cursor.position++;
      return Token.SERVER_VARIABLE;
    }
    return Token.VARIABLE;
  }
}
