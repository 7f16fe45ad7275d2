package dev.inmesh.http;

import dev.inmesh.call.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller is going to wait, as headers say it. What can't be understood is ignored: a
 * header is advice from outside, and can only ever shorten a call.
 */
public final class DeadlineHeaders {

  private static final String GRPC = "grpc-timeout";

  /** gRPC's own bound; as milliseconds more than a day. */
  private static final int MOST_DIGITS = 8;

  private DeadlineHeaders() {}

  /**
   * The earliest deadline that these headers name; empty when they name none.
   *
   * @param names lower case; {@code grpc-timeout} is read as gRPC writes it ({@code 250m}), all
   *     others as whole milliseconds
   * @param header the value of a header by its name, null when it is missing
   */
  public static Optional<Deadline> read(
      List<String> names, Function<String, @Nullable String> header) {
    long least = Long.MAX_VALUE;
    for (String name : names) {
      String value = header.apply(name);
      if (value != null) {
        least =
            Math.min(
                least,
                name.equals(GRPC) ? grpcNanos(value.strip()) : nanos(value.strip(), 1_000_000));
      }
    }
    return least == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Deadline.within(Duration.ofNanos(least)));
  }

  /** So many digits and a unit, by the gRPC protocol over HTTP/2. */
  private static long grpcNanos(String value) {
    if (value.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long unit =
        switch (value.charAt(value.length() - 1)) {
          case 'n' -> 1;
          case 'u' -> 1_000;
          case 'm' -> 1_000_000;
          case 'S' -> 1_000_000_000L;
          case 'M' -> 60_000_000_000L;
          case 'H' -> 3_600_000_000_000L;
          default -> 0;
        };
    return unit == 0 ? Long.MAX_VALUE : nanos(value.substring(0, value.length() - 1), unit);
  }

  private static long nanos(String digits, long unit) {
    if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
      return Long.MAX_VALUE;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
        return Long.MAX_VALUE;
      }
    }
    // 99,999,999 hours in nanoseconds are beyond a long; more than a day is a day anyway.
    long number = Long.parseLong(digits);
    return number > Long.MAX_VALUE / unit ? Long.MAX_VALUE - 1 : number * unit;
  }

  /**
   * What is left, as a header of this name says it; never zero, which gRPC doesn't allow and some
   * read as no timeout at all.
   */
  public static String write(String name, long nanosLeft) {
    long millis = nanosLeft / 1_000_000;
    if (!name.equals(GRPC)) {
      return Long.toString(Math.max(1, millis));
    }
    return millis < 1 ? Math.max(1, nanosLeft / 1_000) + "u" : Math.min(millis, 99_999_999) + "m";
  }
}
