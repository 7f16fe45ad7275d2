package dev.inmesh.jdbc.signal;

import dev.inmesh.config.Redaction;
import java.util.List;
import java.util.regex.Pattern;

/** Understands the number that a user's own signal gives: milliseconds. */
final class Figure {

  private static final Pattern PLAIN =
      Pattern.compile("\\+?(?:\\d{1,20}(?:\\.\\d{0,20})?|\\.\\d{1,20})(?:[eE][+-]?\\d{1,3})?");

  /** Of a value in a message. */
  private static final int SHOWN = 40;

  private Figure() {}

  /**
   * @param key where it comes from
   */
  static List<Measure> measure(String key, String text) throws AbsentException {
    String value = text.strip();
    if (value.isEmpty()) {
      throw new AbsentException(key + " gives nothing" + MEND);
    }
    double millis = PLAIN.matcher(value).matches() ? Double.parseDouble(value) : Double.NaN;
    if (!Double.isFinite(millis)) {
      throw new AbsentException(key + " gives " + shown(value) + MEND);
    }
    return List.of(new Measure(DiskOperation.READ, millis));
  }

  /** What it should be. */
  static final String MEND =
      "; it must be one number of milliseconds, finite and not negative, and nothing else";

  private static String shown(String value) {
    String printable = Redaction.redact(value.replaceAll("\\p{Cntrl}", " "));
    return "\""
        + (printable.length() > SHOWN ? printable.substring(0, SHOWN) + "..." : printable)
        + "\"";
  }
}
