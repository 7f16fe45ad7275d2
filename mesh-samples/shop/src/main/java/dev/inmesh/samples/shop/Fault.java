package dev.inmesh.samples.shop;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a server of the demo does with a call. */
enum Fault {
  /** Answers after 1 to 3 ms. */
  WELL,
  /** Answers well, but later. */
  SLOW,
  /** Answers 500 after 1 to 3 ms. */
  FAIL,
  /** Accepts the connection and the request, and never answers. */
  HANG,
  /** Nothing listens: connections are refused. */
  REFUSE;

  /**
   * The fault of this name, in any case.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Fault named(String word) {
    for (Fault fault : values()) {
      if (fault.word().equals(word.toLowerCase(Locale.ROOT))) {
        return fault;
      }
    }
    throw new IllegalArgumentException("'" + word + "' is none of " + words());
  }

  /** All names: {@code well, slow, fail, hang, refuse}. */
  static String words() {
    return Arrays.stream(values()).map(Fault::word).collect(Collectors.joining(", "));
  }

  /** Its name as it is typed. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
