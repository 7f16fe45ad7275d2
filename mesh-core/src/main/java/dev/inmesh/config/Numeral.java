package dev.inmesh.config;

import java.util.regex.Pattern;

/** What all written numbers have in common. Only the ASCII digits are digits. */
final class Numeral {

  private static final Pattern WHOLE = Pattern.compile("[0-9]+");
  private static final Pattern NEGATIVE = Pattern.compile("-[0-9.]+[a-z%]*");

  private Numeral() {}

  static boolean isWhole(String text) {
    return WHOLE.matcher(text).matches();
  }

  /** The number, or {@code Long.MAX_VALUE} when it is above that. */
  static long parse(String digits) {
    int start = 0;
    while (start < digits.length() - 1 && digits.charAt(start) == '0') {
      start++;
    }
    return digits.length() - start > 18
        ? Long.MAX_VALUE
        : Long.parseLong(digits, start, digits.length(), 10);
  }

  /** The product, or {@code Long.MAX_VALUE} when it is above that; both are 0 or more. */
  static long times(long a, long b) {
    return a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
  }

  /** The refusal of a text that is no number of the wanted form. */
  static Refused refusal(String text, String what, String range) {
    return NEGATIVE.matcher(text).matches()
        ? new Refused(
            ProblemCode.OUT_OF_RANGE, Echo.quoted(text) + " is negative; allowed is " + range)
        : Refused.malformed(Echo.quoted(text) + " is not " + what);
  }
}
