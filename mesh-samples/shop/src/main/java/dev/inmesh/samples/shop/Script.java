package dev.inmesh.samples.shop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Commands at given times: {@code 5s 1 fail; 20s 1 hang; 50s 1 well}. Immutable.
 *
 * @param steps in the order of their times
 */
record Script(List<Step> steps) {

  /** One command, so long after the start. */
  record Step(Duration at, Command command) {}

  /** Does nothing. */
  static final Script NONE = new Script(List.of());

  /**
   * Reads a script.
   *
   * @param servers how many there are
   * @throws IllegalArgumentException the message says which step is wrong, and why
   */
  static Script parse(String text, int servers) {
    List<Step> steps = new ArrayList<>();
    for (String part : text.split(";", -1)) {
      if (!part.isBlank()) {
        steps.add(step(part.strip(), servers));
      }
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException(
          "the script is empty; write one like 5s 1 fail; 9s 1 well");
    }
    steps.sort(Comparator.comparing(Step::at));
    return new Script(List.copyOf(steps));
  }

  private static Step step(String text, int servers) {
    String[] words = text.split("\\s+", 2);
    if (words.length < 2) {
      throw new IllegalArgumentException(
          "'" + text + "' is no step; write <time> <server> <fault>, like 5s 1 fail");
    }
    return new Step(Span.parse(words[0]), Command.parse(words[1], servers));
  }
}
