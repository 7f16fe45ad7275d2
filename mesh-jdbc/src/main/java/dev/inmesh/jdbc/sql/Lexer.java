package dev.inmesh.jdbc.sql;

/**
 * Parts a text into tokens, once from its beginning to its end; makes no object for a token.
 *
 * <p>Where a dialect, a server's setting or a version decides what a character means, and the two
 * meanings hide different things, the text is {@link Token#BROKEN}. Two such doubts are too common
 * for that: a backslash before the quote that would end a literal is read one way and remembered in
 * {@link #ambiguous}, so that the text can be read the other way too; before a double quote in
 * MySQL (which may or may not quote a name) it is remembered in {@link #doubt}.
 */
final class Lexer {

  private final CharSequence text;
  private final int length;
  private final Dialect dialect;
  private final boolean backslashEscapes;
  private final Hints hints;

  private int position;
  private boolean afterEscapedLiteral;
  private int brackets;

  /** Where the token begins, and where it ends, quotes included. */
  int start;

  int end;

  /** Whether a plain literal ends elsewhere when backslashes are read the other way. */
  boolean ambiguous;

  /** Whether the text has to be written off, though it can be read on. */
  boolean doubt;

  /** Why the text is broken. */
  String trouble = "";

  Lexer(CharSequence text, Dialect dialect, boolean backslashEscapes, Hints hints) {
    this.text = text;
    this.length = text.length();
    this.dialect = dialect;
    this.backslashEscapes = backslashEscapes;
    this.hints = hints;
  }

  /** The next token; {@link Token#NONE} at the end. */
  Token next() {
    if (!skipBlanks()) {
      return Token.BROKEN;
    }
    start = position;
    if (position >= length) {
      end = position;
      return Token.NONE;
    }
    boolean continues = afterEscapedLiteral;
    afterEscapedLiteral = false;
    Token token = token(text.charAt(position), continues);
    end = position;
    return token;
  }

  private Token token(char c, boolean continuesEscaped) {
    if (wordStart(c)) {
      return word();
    }
    if (digit(c)) {
      return number();
    }
    position++;
    return switch (c) {
      // A literal in PostgreSQL goes on behind a line break, with the escapes that it had.
      case '\'' -> continuesEscaped ? escapedLiteral() : literal();
      case '"' -> quoted('"');
      case '`' -> dialect == Dialect.POSTGRESQL ? Token.OPERATOR : quoted('`');
      case '$' -> dollar();
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
      case '#' -> dialect == Dialect.POSTGRESQL ? Token.OPERATOR : broken("unknown character");
      default -> broken("unknown character");
    };
  }

  private Token dot() {
    if (!digit(peek())) {
      return Token.DOT;
    }
    digits();
    exponent();
    return Token.NUMBER;
  }

  private Token bracket(char c) {
    brackets += c == '[' ? 1 : -1;
    return c == '[' ? Token.OPERATOR : Token.CLOSE_BRACKET;
  }

  // ---- blanks

  /** Whether the text could be read up to the next token. */
  private boolean skipBlanks() {
    while (position < length) {
      char c = text.charAt(position);
      if (c == ' ' || (c >= '\t' && c <= '\r')) {
        position++;
      } else if (commentBegins(c)) {
        if (!comment(c)) {
          return false;
        }
      } else {
        return true;
      }
    }
    return true;
  }

  private boolean commentBegins(char c) {
    if (c != '-' && c != '/' && c != '#') {
      return false;
    }
    char next = at(position + 1);
    return switch (c) {
      case '-' -> next == '-' && (dialect != Dialect.MYSQL || blankOrStrange(position + 2));
      case '/' -> next == '*' || (next == '/' && dialect == Dialect.H2);
      case '#' -> dialect == Dialect.MYSQL;
      default -> false;
    };
  }

  /** MySQL: two dashes begin a comment only if a blank or a control character follows. */
  private boolean blankOrStrange(int index) {
    char c = at(index);
    return c <= ' ' || c >= 0x7f;
  }

  private boolean comment(char c) {
    if (dialect == Dialect.H2 && brackets > 0) {
      return fail("ambiguous comment");
    }
    if (c == '/' && at(position + 1) == '*') {
      return blockComment();
    }
    if (c == '/' || (c == '-' && at(position + 2) >= 0x7f && dialect == Dialect.MYSQL)) {
      return fail("ambiguous comment");
    }
    position += c == '#' ? 1 : 2;
    return lineComment();
  }

  private boolean lineComment() {
    int from = position;
    while (position < length) {
      char c = text.charAt(position);
      if (c == '\n') {
        break;
      }
      // Not the end of a line to everybody.
      boolean strange = c == '\r' ? at(position + 1) != '\n' : c == '\f' || c == 0x0b || c == 0;
      if (strange || c == 0x85 || c == 0x2028 || c == 0x2029) {
        return fail("ambiguous comment");
      }
      position++;
    }
    hints.comment(from, position);
    return true;
  }

  private boolean blockComment() {
    position += 2;
    char kind = at(position);
    int from = position;
    boolean mysql = dialect == Dialect.MYSQL;
    if (mysql && (kind == '!' || ((kind == 'M' || kind == 'm') && at(position + 1) == '!'))) {
      return fail("executable comment");
    }
    int depth = 1;
    while (position < length) {
      char c = text.charAt(position);
      if (c == '*' && at(position + 1) == '/') {
        position += 2;
        depth--;
        if (depth == 0) {
          if (kind != '+') {
            hints.comment(from, position - 2);
          }
          return true;
        }
      } else if (c == '/' && at(position + 1) == '*' && dialect != Dialect.MYSQL) {
        if (dialect == Dialect.H2) {
          // Nested in some versions, and not in others.
          return fail("ambiguous comment");
        }
        position += 2;
        depth++;
      } else if (c == 0 || (mysql && kind == '+' && (c == '\'' || c == '"' || c == '`'))) {
        return fail("ambiguous comment");
      } else {
        position++;
      }
    }
    return fail("unterminated comment");
  }

  // ---- words and numbers

  private Token word() {
    int from = position;
    position++;
    while (position < length && wordPart(text.charAt(position))) {
      position++;
    }
    boolean escaped =
        dialect == Dialect.POSTGRESQL
            && position - from == 1
            && (text.charAt(from) | 0x20) == 'e'
            && peek() == '\'';
    if (escaped) {
      position++;
      return escapedLiteral();
    }
    return Token.WORD;
  }

  /** Ends before a letter: in some versions {@code 1INTO} is two tokens. */
  private Token number() {
    digits();
    if (peek() == '.') {
      position++;
      digits();
    }
    exponent();
    return Token.NUMBER;
  }

  private void digits() {
    while (position < length && (digit(text.charAt(position)) || text.charAt(position) == '_')) {
      position++;
    }
  }

  private void exponent() {
    if ((peek() | 0x20) != 'e') {
      return;
    }
    char next = at(position + 1);
    boolean signed = (next == '+' || next == '-') && digit(at(position + 2));
    if (signed || digit(next)) {
      position += signed ? 3 : 2;
      digits();
    }
  }

  private Token placeholder() {
    if (dialect == Dialect.POSTGRESQL) {
      char next = peek();
      if (next == '?') {
        // What pgjdbc makes the operator ? of.
        position++;
        return Token.OPERATOR;
      }
      if (next == '|' || next == '&') {
        position++;
        return Token.OPERATOR;
      }
    }
    digits();
    return Token.PLACEHOLDER;
  }

  private Token colon() {
    char next = peek();
    if (next == '=') {
      position++;
      return Token.ASSIGNMENT;
    }
    if (next == ':') {
      position++;
    }
    return Token.OPERATOR;
  }

  private Token variable() {
    if (dialect == Dialect.POSTGRESQL) {
      return Token.OPERATOR;
    }
    if (peek() == '@') {
      position++;
      return Token.SERVER_VARIABLE;
    }
    return Token.VARIABLE;
  }

  // ---- literals

  private Token literal() {
    if (insideBrackets()) {
      return broken("ambiguous literal");
    }
    boolean doubtful = dialect != Dialect.H2;
    while (position < length) {
      char c = text.charAt(position);
      if (c == '\'') {
        if (at(position + 1) != '\'') {
          position++;
          return Token.LITERAL;
        }
        position += 2;
      } else if (c == '\\' && doubtful) {
        boolean quote = at(position + 1) == '\'';
        ambiguous |= quote;
        position += quote && !backslashEscapes ? 1 : 2;
      } else if (c == 0) {
        return broken("unknown character");
      } else {
        position++;
      }
    }
    return unterminated();
  }

  private Token escapedLiteral() {
    while (position < length) {
      char c = text.charAt(position);
      if (c == '\'') {
        if (at(position + 1) != '\'') {
          position++;
          afterEscapedLiteral = true;
          return Token.LITERAL;
        }
        position += 2;
      } else if (c == 0) {
        return broken("unknown character");
      } else {
        position += c == '\\' ? 2 : 1;
      }
    }
    return unterminated();
  }

  /** A name in quotes; in MySQL, double quotes may be those of a literal as well. */
  private Token quoted(char quote) {
    if (insideBrackets()) {
      return broken("ambiguous literal");
    }
    boolean escapes = dialect == Dialect.MYSQL && quote == '"';
    while (position < length) {
      char c = text.charAt(position);
      if (c == quote) {
        if (at(position + 1) != quote) {
          position++;
          return Token.QUOTED;
        }
        position += 2;
      } else if (c == '\\' && escapes) {
        doubt |= at(position + 1) == '"';
        position += 2;
      } else if (c == 0) {
        return broken("unknown character");
      } else {
        position++;
      }
    }
    return unterminated();
  }

  private Token dollar() {
    if (dialect == Dialect.MYSQL) {
      // The start of a name, or of a literal, by version.
      return broken("ambiguous literal");
    }
    if (digit(peek())) {
      digits();
      return Token.PLACEHOLDER;
    }
    int tagEnd = position;
    if (dialect == Dialect.POSTGRESQL) {
      while (tagEnd < length && wordPart(text.charAt(tagEnd)) && text.charAt(tagEnd) != '$') {
        tagEnd++;
      }
    } else if (insideBrackets() || (start > 0 && text.charAt(start - 1) > ' ')) {
      return broken("ambiguous literal");
    }
    if (at(tagEnd) != '$') {
      return broken("unknown character");
    }
    int tagLength = tagEnd + 1 - start;
    position = tagEnd + 1;
    while (position < length) {
      if (text.charAt(position) == '$' && sameTag(tagLength)) {
        position += tagLength;
        return Token.LITERAL;
      }
      position++;
    }
    return unterminated();
  }

  /** Looks ahead to the next dollar at most, so that each character is looked at twice at most. */
  private boolean sameTag(int tagLength) {
    if (length - position < tagLength) {
      return false;
    }
    for (int i = 1; i < tagLength; i++) {
      if (text.charAt(position + i) != text.charAt(start + i)) {
        return false;
      }
    }
    return true;
  }

  private Token unterminated() {
    position = length;
    return broken(Scan.UNTERMINATED);
  }

  // ---- characters

  /** H2 reads {@code [a'b]} as a name in one of its modes. */
  private boolean insideBrackets() {
    return dialect == Dialect.H2 && brackets > 0;
  }

  private char peek() {
    return at(position);
  }

  private char at(int index) {
    return index < length ? text.charAt(index) : '\0';
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean wordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || letter(c);
  }

  private static boolean wordPart(char c) {
    return wordStart(c) || digit(c) || c == '$';
  }

  /** A letter beyond ASCII that nobody's folding of case makes an ASCII one. */
  private static boolean letter(char c) {
    return c >= 0x80
        && Character.isLetter(c)
        && Character.toUpperCase(c) >= 0x80
        && Character.toLowerCase(c) >= 0x80;
  }

  private Token broken(String why) {
    fail(why);
    return Token.BROKEN;
  }

  private boolean fail(String why) {
    trouble = why;
    return false;
  }
}
