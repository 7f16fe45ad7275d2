package dev.inmesh.jdbc.sql;

/**
 * The comments of a text: where they begin and end in its dialect, and what hints are in them. One
 * that ends elsewhere for another version or mode makes the text unreadable.
 */
final class Comments {

  private final Cursor cursor;
  private final Dialect dialect;
  private final Hints hints;

  Comments(Cursor cursor, Dialect dialect, Hints hints) {
    this.cursor = cursor;
    this.dialect = dialect;
    this.hints = hints;
  }

  /** Whether one begins with {@code c}, which stands at the cursor. */
  boolean begins(char c) {
    if (c != '-' && c != '/' && c != '#') {
      return false;
    }
    char next = cursor.second();
    return switch (c) {
      case '-' -> next == '-' && (dialect != Dialect.MYSQL || blankOrStrange(cursor.position + 2));
      case '/' -> next == '*' || (next == '/' && dialect == Dialect.H2);
      case '#' -> dialect == Dialect.MYSQL;
      default -> false;
    };
  }

  /** MySQL: two dashes begin a comment only if a blank or a control character follows. */
  private boolean blankOrStrange(int index) {
    char c = cursor.at(index);
    return c <= ' ' || c >= 0x7f;
  }

  /** Skips the one that begins with {@code c}, unless nobody can say where it ends. */
  boolean skip(char c) {
    if (cursor.insideBrackets()) {
      return cursor.fail("ambiguous comment");
    }
    if (c == '/' && cursor.second() == '*') {
      return blockComment();
    }
    if (c == '/'
        || (c == '-' && cursor.at(cursor.position + 2) >= 0x7f && dialect == Dialect.MYSQL)) {
      return cursor.fail("ambiguous comment");
    }
    cursor.position += c == '#' ? 1 : 2;
    return lineComment();
  }

  private boolean lineComment() {
    int from = cursor.position;
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == '\n') {
        break;
      }
      // Not the end of a line to everybody.
      boolean strange = c == '\r' ? cursor.second() != '\n' : c == '\f' || c == 0x0b || c == 0;
      if (strange || c == 0x85 || c == 0x2028 || c == 0x2029) {
        return cursor.fail("ambiguous comment");
      }
      cursor.position++;
    }
    hints.comment(from, cursor.position);
    return true;
  }

  private boolean blockComment() {
    cursor.position += 2;
    char kind = cursor.at(cursor.position);
    int from = cursor.position;
    boolean mysql = dialect == Dialect.MYSQL;
    if (mysql && (kind == '!' || ((kind == 'M' || kind == 'm') && cursor.second() == '!'))) {
      return cursor.fail("executable comment");
    }
    int depth = 1;
    while (!cursor.atEnd()) {
      char c = cursor.peek();
      if (c == '*' && cursor.second() == '/') {
        cursor.position += 2;
        depth--;
        if (depth == 0) {
          if (kind != '+') {
            hints.comment(from, cursor.position - 2);
          }
          return true;
        }
      } else if (c == '/' && cursor.second() == '*' && dialect != Dialect.MYSQL) {
        if (dialect == Dialect.H2) {
          // Nested in some versions, and not in others.
          return cursor.fail("ambiguous comment");
        }
        cursor.position += 2;
        depth++;
      } else if (c == 0 || (mysql && kind == '+' && (c == '\'' || c == '"' || c == '`'))) {
        return cursor.fail("ambiguous comment");
      } else {
        cursor.position++;
      }
    }
    return cursor.fail("unterminated comment");
  }
}
