package dev.inmesh.config;

import java.util.Optional;

/** A value that may be absent, which is written {@code none}. */
record OptionalType<T>(ValueType<T> type) implements ValueType<Optional<T>> {

  static final String NONE = "none";

  @Override
  public Optional<T> parse(String text) throws Refused {
    return text.strip().equals(NONE) ? Optional.empty() : Optional.of(type.parse(text));
  }

  @Override
  public String syntax() {
    return type.syntax() + " | " + NONE;
  }

  @Override
  public String range() {
    return type.range();
  }
}
