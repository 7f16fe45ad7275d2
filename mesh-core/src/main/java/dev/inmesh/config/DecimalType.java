package dev.inmesh.config;

import java.util.regex.Pattern;

/** A number with or without a fraction: {@code 0.2}, {@code 5}. */
record DecimalType(int min, int max) implements ValueType<Double> {

  private static final Pattern FORM = Pattern.compile("[0-9]+(?:\\.[0-9]{1,6})?");

  @Override
  public Double parse(String written) throws Refused {
    String text = written.strip();
    if (!FORM.matcher(text).matches()) {
      throw Numeral.refusal(text, "a number; write one like 0.2", range());
    }
    double number = Double.parseDouble(text);
    if (number < min || number > max) {
      throw Refused.outOfRange(text, range());
    }
    return number;
  }

  @Override
  public String syntax() {
    return "number";
  }

  @Override
  public String range() {
    return min + " to " + max;
  }
}
