package dev.inmesh.samples.shop;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the mesh's own keys are written: {@code 150ms}, {@code 5s}, {@code 2m}. */
final class Span {

  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,6})(ms|s|m)");

  private Span() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  static Duration parse(String text) {
    Matcher matcher = WRITTEN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no duration; write 150ms, 5s or 2m");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMinutes(number);
    };
  }

  /** Nanoseconds as milliseconds. */
  static double millis(long nanos) {
    return nanos / 1e6;
  }
}
