package dev.inmesh.samples.shop;

import java.io.Console;
import java.util.Optional;

/** Whether somebody sits in front of the demo. */
final class Terminal {

  private Terminal() {}

  static boolean isThere() {
    return Optional.ofNullable(System.console()).filter(Terminal::isTerminal).isPresent();
  }

  /** Since Java 22 there may be a console without a terminal; it then says so itself. */
  private static boolean isTerminal(Console console) {
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
