package dev.inmesh.samples.shop;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What somebody typed, or a script says: {@code 1 fail}, {@code all refuse}, {@code 2 slow 150ms}.
 * Immutable.
 *
 * @param servers who is meant, counted from 1
 * @param fault what they do from now on
 * @param delay how much later than usual a slow server answers
 */
record Command(List<Integer> servers, Fault fault, Duration delay) {

  private static final Duration SLOW = Duration.ofMillis(80);

  /**
   * Reads a command.
   *
   * @param count how many servers there are
   * @throws IllegalArgumentException the message says what is wrong and what is right
   */
  static Command parse(String text, int count) {
    String[] words = text.strip().split("\\s+", -1);
    if (words.length < 2) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' is no command; write <server> <fault>, like 1 fail");
    }
    Fault fault = Fault.named(words[1]);
    if (words.length > (fault == Fault.SLOW ? 3 : 2)) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' has too many words; only slow takes one more, like 1 slow 150ms");
    }
    return new Command(
        servers(words[0], count), fault, words.length == 3 ? Span.parse(words[2]) : SLOW);
  }

  /** {@code server 1: fail}, {@code servers 1, 2, 3: slow by 150 ms}. */
  @Override
  public String toString() {
    String who = servers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return (servers.size() == 1 ? "server " : "servers ")
        + who
        + ": "
        + fault.word()
        + (fault == Fault.SLOW ? " by " + delay.toMillis() + " ms" : "");
  }

  private static List<Integer> servers(String word, int count) {
    List<Integer> all = IntStream.rangeClosed(1, count).boxed().toList();
    if (word.equals("all")) {
      return all;
    }
    return all.stream()
        .filter(number -> word.equals(number.toString()))
        .findFirst()
        .map(List::of)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no server '" + word + "'; there are 1 to " + count + ", and all"));
  }
}
