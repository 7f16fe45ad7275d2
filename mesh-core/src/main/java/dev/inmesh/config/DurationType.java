package dev.inmesh.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A whole number with a unit: {@code 250ms}, {@code 3s}, {@code 2m}, {@code 1h}. */
record DurationType(Duration min, Duration max) implements ValueType<Duration> {

  private static final Pattern FORM = Pattern.compile("([0-9]+)(ms|s|m|h)");
  private static final Pattern FRACTION = Pattern.compile("([0-9]{0,9}\\.[0-9]{1,9})(ms|s|m|h)");
  private static final Pattern OTHER_UNIT = Pattern.compile("[0-9]+\\s*[\\p{L}]+");

  @Override
  public Duration parse(String written) throws Refused {
    String text = written.strip();
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw refusal(text);
    }
    long millis = Numeral.times(Numeral.parse(form.group(1)), millisPer(form.group(2)));
    if (millis < min.toMillis() || millis > max.toMillis()) {
      throw Refused.outOfRange(text, range());
    }
    return Duration.ofMillis(millis);
  }

  private Refused refusal(String text) {
    if (Numeral.isWhole(text)) {
      String number = Echo.value(text);
      return Refused.malformed(
          "'" + number + "' has no unit; write " + number + "ms or " + number + "s");
    }
    Matcher fraction = FRACTION.matcher(text);
    if (fraction.matches()) {
      return Refused.malformed(
          Echo.quoted(text)
              + " is not a whole number; "
              + mend(fraction.group(1), fraction.group(2)));
    }
    if (OTHER_UNIT.matcher(text).matches()) {
      return Refused.malformed(
          Echo.quoted(text) + " has an unknown unit; write it with ms, s, m or h, like 250ms");
    }
    return Numeral.refusal(text, "a duration; write one like 250ms, 3s, 2m or 1h", range());
  }

  /** The same value in a smaller unit, where there is one. */
  private static String mend(String number, String unit) {
    BigDecimal millis = new BigDecimal(number).multiply(BigDecimal.valueOf(millisPer(unit)));
    return millis.stripTrailingZeros().scale() <= 0
        ? "write " + text(Duration.ofMillis(millis.longValueExact()))
        : "write whole milliseconds, like " + Math.max(1, Math.round(millis.doubleValue())) + "ms";
  }

  private static long millisPer(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1_000;
      case "m" -> 60_000;
      default -> 3_600_000;
    };
  }

  @Override
  public String syntax() {
    return "duration";
  }

  @Override
  public String range() {
    return text(min) + " to " + text(max);
  }

  /** The duration as one would write it. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : new String[] {"h", "m", "s"}) {
      if (millis != 0 && millis % millisPer(unit) == 0) {
        return millis / millisPer(unit) + unit;
      }
    }
    return millis + "ms";
  }
}
