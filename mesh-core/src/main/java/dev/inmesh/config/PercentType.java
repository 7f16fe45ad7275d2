package dev.inmesh.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A share, written {@code 50%} or {@code 2.5%}; becomes the ratio, 0 to 1. */
record PercentType(int min, int max) implements ValueType<Double> {

  private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]{1,6})?)%");

  @Override
  public Double parse(String written) throws Refused {
    String text = written.strip();
    if (Numeral.isWhole(text)) {
      String number = Echo.value(text);
      throw Refused.malformed("'" + number + "' has no unit; write " + number + "%");
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Numeral.refusal(text, "a percentage; write one like 50%", range());
    }
    double percent = Double.parseDouble(form.group(1));
    if (percent < min || percent > max) {
      throw Refused.outOfRange(text, range());
    }
    return percent / 100;
  }

  @Override
  public String syntax() {
    return "percent";
  }

  @Override
  public String range() {
    return min + "% to " + max + "%";
  }
}
