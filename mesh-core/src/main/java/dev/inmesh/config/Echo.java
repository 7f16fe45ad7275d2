package dev.inmesh.config;

/** A text from outside as it may stand in a message: redacted, short, on one line. */
final class Echo {

  /** A value is shown up to this many characters. */
  static final int VALUE_LENGTH = 80;

  /** A key is shown up to this many characters. */
  static final int KEY_LENGTH = 200;

  /** A longer text isn't looked at as a whole, which would take time for nothing. */
  private static final int LONG = 4096;

  private Echo() {}

  static String value(String text) {
    return shown(text, VALUE_LENGTH);
  }

  static String key(String text) {
    return shown(text, KEY_LENGTH);
  }

  static String quoted(String text) {
    return "'" + value(text) + "'";
  }

  private static String shown(String text, int length) {
    // Redacted before it is cut: the "@" that gives a password away may stand behind the cut.
    String safe = Redaction.redact(start(text));
    StringBuilder shown = new StringBuilder();
    int taken = 0;
    int i = 0;
    while (i < safe.length() && taken < length) {
      int c = safe.codePointAt(i);
      append(shown, c);
      i += Character.charCount(c);
      taken++;
    }
    if (i < safe.length() || text.length() > LONG) {
      shown.append("... (").append(text.length()).append(" characters)");
    }
    return shown.toString();
  }

  /** Enough of a long text, with the sign that all of it may be a credential. */
  private static String start(String text) {
    if (text.length() <= LONG) {
      return text;
    }
    boolean suspect = text.indexOf('@', LONG) >= 0 || text.indexOf('%', LONG) >= 0;
    return text.substring(0, LONG) + (suspect ? "@" : "");
  }

  private static void append(StringBuilder shown, int c) {
    switch (c) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        if (invisible(c)) {
          shown.append(String.format("\\u%04x", c));
        } else {
          shown.appendCodePoint(c);
        }
      }
    }
  }

  /** Control characters, marks that change the direction of writing, halves of pairs. */
  private static boolean invisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
