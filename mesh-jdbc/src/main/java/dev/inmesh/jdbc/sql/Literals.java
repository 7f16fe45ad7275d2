package dev.inmesh.jdbc.sql;

/**
 * The literals and quoted names of a text: where they end, for a cursor that stands behind what
 * opens them.
 *
 * <p>A backslash before the quote that would end a literal is read one way and remembered in {@link
 * #ambiguous}, so that the text can be read the other way too; before a double quote in MySQL
 * (which may or may not quote a name) it is remembered in {@link #doubt}.
 */
final class Literals {

  private final Cursor cursor;
  private final Dialect dialect;
  private final boolean backslashEscapes;

  /** Whether the last token was a literal with escapes, which goes on in the next quotes. */
  boolean afterEscaped;

  /** Whether a plain literal ends elsewhere when backslashes are read the other way. */
  boolean ambiguous;

  /** Whether the text has to be written off, though it can be read on. */
  boolean doubt;

  Literals(Cursor cursor, Dialect dialect, boolean backslashEscapes) {
    this.cursor = cursor;
    this.dialect = dialect;
    this.backslashEscapes = backslashEscapes;
  }

  /** In single quotes. */
  Token plain() {
    if (cursor.insideBrackets()) {
      return cursor.broken("ambiguous literal");
    }
    boolean doubtful = dialect != Dialect.H2;
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == '\'') {
        if (cursor.second() != '\'') {
          cursor.position++;
          return Token.LITERAL;
        }
        cursor.position += 2;
      } else if (c == '\\' && doubtful) {
        boolean quote = cursor.second() == '\'';
        ambiguous |= quote;
        cursor.position += quote && !backslashEscapes ? 1 : 2;
      } else if (c == 0) {
        return cursor.broken("unknown character");
      } else {
        cursor.position++;
      }
    }
    return unterminated();
  }

  /** In single quotes behind an E, where a backslash always escapes. */
  Token escaped() {
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == '\'') {
        if (cursor.second() != '\'') {
          cursor.position++;
          afterEscaped = true;
          return Token.LITERAL;
        }
        cursor.position += 2;
      } else if (c == 0) {
        return cursor.broken("unknown character");
      } else {
        cursor.position += c == '\\' ? 2 : 1;
      }
    }
    return unterminated();
  }

  /** A name in quotes; in MySQL, double quotes may be those of a literal as well. */
  Token quoted(char quote) {
    if (cursor.insideBrackets()) {
      return cursor.broken("ambiguous literal");
    }
    boolean escapes = dialect == Dialect.MYSQL && quote == '"';
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == quote) {
        if (cursor.second() != quote) {
          cursor.position++;
          return Token.QUOTED;
        }
        cursor.position += 2;
      } else if (c == '\\' && escapes) {
        doubt |= cursor.second() == '"';
        cursor.position += 2;
      } else if (c == 0) {
        return cursor.broken("unknown character");
      } else {
        cursor.position++;
      }
    }
    return unterminated();
  }

  /** Behind a dollar: {@code $tag$}, and {@code $1}. */
  Token dollar(int start) {
    if (dialect == Dialect.MYSQL) {
      // The start of a name, or of a literal, by version.
      return cursor.broken("ambiguous literal");
    }
    if (Cursor.digit(cursor.peek())) {
      cursor.skipDigits();
      return Token.PLACEHOLDER;
    }
    int tagEnd = cursor.position;
    if (dialect == Dialect.POSTGRESQL) {
      while (tagEnd < cursor.length
          && Cursor.wordPart(cursor.at(tagEnd))
          && cursor.at(tagEnd) != '$') {
        tagEnd++;
      }
    } else if (cursor.insideBrackets() || (start > 0 && cursor.at(start - 1) > ' ')) {
      return cursor.broken("ambiguous literal");
    }
    if (cursor.at(tagEnd) != '$') {
      return cursor.broken("unknown character");
    }
    int tagLength = tagEnd + 1 - start;
    cursor.position = tagEnd + 1;
    while (!cursor.atEnd()) {
      if (cursor.peek() == '$' && sameTag(start, tagLength)) {
        cursor.position += tagLength;
        return Token.LITERAL;
      }
      cursor.position++;
    }
    return unterminated();
  }

  /** Looks ahead to the next dollar at most, so that each character is looked at twice at most. */
  private boolean sameTag(int start, int tagLength) {
    if (cursor.length - cursor.position < tagLength) {
      return false;
    }
    for (int i = 1; i < tagLength; i++) {
      if (cursor.at(cursor.position + i) != cursor.at(start + i)) {
        return false;
      }
    }
    return true;
  }

  private Token unterminated() {
    cursor.position = cursor.length;
    return cursor.broken(Scan.UNTERMINATED);
  }
}
