package dev.inmesh.config;

import java.util.Optional;

/**
 * A value that may be absent.
 *
 * @param absent the word for that
 */
record OptionalType<T>(ValueType<T> type, String absent) implements ValueType<Optional<T>> {

  static final String NONE = "none";

  @Override
  public Optional<T> parse(String text) throws Refused {
    return text.strip().equals(absent) ? Optional.empty() : Optional.of(type.parse(text));
  }

  @Override
  public String syntax() {
    return type.syntax() + " | " + absent;
  }

  @Override
  public String range() {
    return type.range();
  }

  @Override
  public boolean isSecret() {
    return type.isSecret();
  }
}
