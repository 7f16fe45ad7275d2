package dev.inmesh.jdbc.sql;

import dev.inmesh.jdbc.sql.Verdict.Hint;
import java.util.Locale;
import java.util.Set;

/**
 * What the comments of one text ask for: {@code mesh:primary}, {@code mesh:replica}, {@code
 * mesh:class=batch}, several of them parted by spaces or commas, in a comment that begins with the
 * first.
 *
 * <p>A hint that can't be understood must not be lost in silence: it sends the statement to the
 * primary, and says so as the reason. The same for two that contradict each other.
 */
final class Hints {

  private static final String PREFIX = "mesh:";
  private static final String CLASS = "class=";
  private static final Set<String> CLASSES =
      Set.of("critical", "interactive", "batch", "background");

  /** A hint is named in a reason up to here. */
  private static final int SHOWN = 40;

  private final CharSequence text;

  Hint asked = Hint.NONE;
  String statementClass = "";

  /** Why the hints can't be followed; empty while they can. */
  String trouble = "";

  Hints(CharSequence text) {
    this.text = text;
  }

  /** Takes up the comment whose content stands from {@code from} to before {@code to}. */
  void comment(int from, int to) {
    int at = skip(from, to);
    if (!prefixAt(at, to)) {
      return;
    }
    while (at < to) {
      int end = at;
      while (end < to && !parts(text.charAt(end))) {
        end++;
      }
      hint(at, end, to);
      at = skip(end, to);
    }
  }

  private void hint(int from, int end, int to) {
    String hint =
        text.subSequence(from, Math.min(end, from + SHOWN)).toString().toLowerCase(Locale.ROOT);
    if (!prefixAt(from, to)) {
      fail("unknown hint " + hint);
      return;
    }
    String what = hint.substring(PREFIX.length());
    if (what.equals("primary")) {
      ask(Hint.PRIMARY);
    } else if (what.equals("replica")) {
      ask(Hint.REPLICA);
    } else if (what.startsWith(CLASS) && CLASSES.contains(what.substring(CLASS.length()))) {
      askClass(what.substring(CLASS.length()));
    } else {
      fail("unknown hint " + hint);
    }
  }

  private void ask(Hint hint) {
    if (asked != Hint.NONE && asked != hint) {
      fail("contradicting hints");
    }
    // The primary is never wrong.
    asked = asked == Hint.PRIMARY ? Hint.PRIMARY : hint;
  }

  private void askClass(String name) {
    if (!statementClass.isEmpty() && !statementClass.equals(name)) {
      fail("contradicting hints");
      return;
    }
    statementClass = name;
  }

  private void fail(String why) {
    if (trouble.isEmpty()) {
      trouble = why;
    }
  }

  private int skip(int from, int to) {
    int at = from;
    while (at < to && parts(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private boolean prefixAt(int at, int to) {
    if (to - at < PREFIX.length()) {
      return false;
    }
    for (int i = 0; i < PREFIX.length(); i++) {
      if (Character.toLowerCase(text.charAt(at + i)) != PREFIX.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean parts(char c) {
    return c <= ' ' || c == ',';
  }
}
