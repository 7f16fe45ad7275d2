package dev.inmesh.config;

/** How a value is written, and what it becomes. */
interface ValueType<T> {

  /**
   * Reads a value.
   *
   * @throws Refused naming the text and what mends it
   */
  T parse(String text) throws Refused;

  /** How it is written, in a word or two, like {@code duration}. */
  String syntax();

  /** What is allowed, like {@code 1ms to 24h}; empty when the syntax says it all. */
  default String range() {
    return "";
  }

  /** Whether a value is a credential, which is never shown. */
  default boolean isSecret() {
    return false;
  }
}
