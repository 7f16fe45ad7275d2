package dev.inmesh.samples.shop;

import java.util.Optional;

/**
 * The command line. Immutable.
 *
 * @param seconds after which the demo ends by itself; empty for never
 * @param rate calls a second
 * @param help whether only the help is wanted
 */
record Options(Optional<Integer> seconds, int rate, Script script, boolean help) {

  static final String HELP =
      """
      usage: java [-Dmesh...=...] -jar shop.jar [--seconds N] [--rate N] [--script "..."]

      Starts three servers on loopback, calls them through the mesh and prints a table each second.

        --seconds N     end after N seconds (never)
        --rate N        calls a second (200)
        --script "..."  faults at given times: "5s 1 fail; 20s 1 hang; 35s 1 refuse; 50s 1 well"
        --help          this text

      While it runs, type: <1|2|3|all> <well|slow [150ms]|fail|hang|refuse>, or q to end it.
      Every key of the mesh can be set: -Dmesh.upstream.inventory.timeout=200ms
      """;

  private static final int MOST_CALLS = 10_000;
  private static final int LONGEST = 86_400;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException the message says what is wrong
   */
  static Options parse(String... args) {
    Optional<Integer> seconds = Optional.empty();
    int rate = 200;
    Script script = Script.NONE;
    boolean help = false;
    for (int i = 0; i < args.length; i++) {
      String arg = args[i];
      switch (arg) {
        case "--help", "-h" -> help = true;
        case "--seconds" -> seconds = Optional.of(count(arg, value(args, ++i), LONGEST));
        case "--rate" -> rate = count(arg, value(args, ++i), MOST_CALLS);
        case "--script" -> script = Script.parse(value(args, ++i), Shop.SERVERS);
        default -> throw new IllegalArgumentException("unknown argument '" + arg + "'");
      }
    }
    return new Options(seconds, rate, script, help);
  }

  private static String value(String[] args, int i) {
    if (i == args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }

  private static int count(String name, String text, int most) {
    int number = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > most) {
      throw new IllegalArgumentException(
          name + " takes a number from 1 to " + most + ", not '" + text + "'");
    }
    return number;
  }
}
