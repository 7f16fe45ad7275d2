package dev.inmesh.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Bytes: {@code 512}, {@code 64k}, {@code 10m}, {@code 1g}, in powers of 1024. */
record SizeType(long min, long max) implements ValueType<Long> {

  private static final Pattern FORM = Pattern.compile("([0-9]+)([kmg]?)");

  @Override
  public Long parse(String written) throws Refused {
    String text = written.strip();
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw Numeral.refusal(text, "a size; write bytes, or one like 64k, 10m or 1g", range());
    }
    long bytes = Numeral.times(Numeral.parse(form.group(1)), bytesPer(form.group(2)));
    if (bytes < min || bytes > max) {
      throw Refused.outOfRange(text, range());
    }
    return bytes;
  }

  private static long bytesPer(String unit) {
    return switch (unit) {
      case "k" -> 1L << 10;
      case "m" -> 1L << 20;
      case "g" -> 1L << 30;
      default -> 1;
    };
  }

  @Override
  public String syntax() {
    return "size";
  }

  @Override
  public String range() {
    return text(min) + " to " + text(max);
  }

  private static String text(long bytes) {
    for (String unit : new String[] {"g", "m", "k"}) {
      if (bytes != 0 && bytes % bytesPer(unit) == 0) {
        return bytes / bytesPer(unit) + unit;
      }
    }
    return Long.toString(bytes);
  }
}
