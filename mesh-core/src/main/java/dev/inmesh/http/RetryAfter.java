package dev.inmesh.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The Retry-After header (RFC 9110, 10.2.3). */
public final class RetryAfter {

  /** No server is left alone for longer, whatever it asks for. */
  public static final Duration CAP = Duration.ofSeconds(60);

  private RetryAfter() {}

  /**
   * How long to wait, in nanoseconds, at most {@link #CAP}; 0 when the value says nothing usable.
   *
   * @param value seconds or an HTTP date
   * @param now the wall clock, for a date
   */
  public static long nanos(String value, Instant now) {
    String text = value.strip();
    if (text.isEmpty()) {
      return 0;
    }
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // More than nine digits are beyond any cap, and beyond an int.
      long seconds = text.length() > 9 ? CAP.toSeconds() : Long.parseLong(text);
      return Math.min(CAP.toNanos(), seconds * 1_000_000_000L);
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, then);
      if (wait.compareTo(CAP) >= 0) {
        return CAP.toNanos();
      }
      return wait.isNegative() ? 0 : wait.toNanos();
    } catch (DateTimeException e) {
      return 0;
    }
  }
}
