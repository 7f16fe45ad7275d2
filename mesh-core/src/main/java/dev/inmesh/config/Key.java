package dev.inmesh.config;

/**
 * One row of the grammar.
 *
 * @param name without the prefix that its level gives it, like {@code timeout.connect}
 * @param defaultText the built-in value as an operator would write it; empty when there is none
 * @param doc one sentence for the reference
 */
record Key<T>(String name, Level level, ValueType<T> type, String defaultText, String doc) {

  /** Whether the key must be set, since nothing is built in. */
  boolean isRequired() {
    return defaultText.isEmpty() && !(type instanceof BodyType);
  }

  T builtIn() {
    try {
      return type.parse(defaultText);
    } catch (Refused e) {
      throw new IllegalStateException("built-in value of " + name + ": " + e.getMessage(), e);
    }
  }

  /** A value of it as it may be shown in whole. */
  String redacted(String value) {
    return type.isSecret() ? Redaction.MASK : Redaction.redact(value);
  }

  /** A value of it as it may be shown in a line. */
  String shown(String value) {
    return type.isSecret() ? Redaction.MASK : Echo.value(value);
  }

  /** The full name in a list of keys, like {@code mesh.upstream.<name>.timeout}. */
  String listName() {
    return level.prefix() + name;
  }

  /** The default in a list of keys. */
  String shownDefault() {
    if (isRequired()) {
      return "required";
    }
    return defaultText.isEmpty() ? "''" : defaultText;
  }
}
