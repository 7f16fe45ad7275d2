package dev.inmesh.jdbc.sql;

/** A place in a text, on its way from the text's beginning to its end. */
final class Cursor {

  private final CharSequence text;
  private final Dialect dialect;

  final int length;
  int position;

  /** How many brackets are open. */
  int brackets;

  /** Why the text can't be read any further. */
  String trouble = "";

  Cursor(CharSequence text, Dialect dialect) {
    this.text = text;
    this.dialect = dialect;
    this.length = text.length();
  }

  boolean atEnd() {
    return position >= length;
  }

  /** The character at the place; a NUL at the end. */
  char peek() {
    return at(position);
  }

  /** The character behind that. */
  char second() {
    return at(position + 1);
  }

  /** The character at {@code index}; a NUL behind the end. */
  char at(int index) {
    return index < length ? text.charAt(index) : '\0';
  }

  /** H2 reads {@code [a'b]} as a name in one of its modes. */
  boolean insideBrackets() {
    return dialect == Dialect.H2 && brackets > 0;
  }

  /** Digits, and what parts them. */
  void skipDigits() {
    while (position < length && (digit(peek()) || peek() == '_')) {
      position++;
    }
  }

  boolean fail(String why) {
    trouble = why;
    return false;
  }

  Token broken(String why) {
    fail(why);
    return Token.BROKEN;
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean wordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || letter(c);
  }

  static boolean wordPart(char c) {
    return wordStart(c) || digit(c) || c == '$';
  }

  /** A letter beyond ASCII that nobody's folding of case makes an ASCII one. */
  private static boolean letter(char c) {
    return c >= 0x80
        && Character.isLetter(c)
        && Character.toUpperCase(c) >= 0x80
        && Character.toLowerCase(c) >= 0x80;
  }
}
