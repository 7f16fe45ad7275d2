package dev.inmesh.config;

import dev.inmesh.server.SourceKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The value of a registry's own key, written as the key's kind says. */
record SourceKeyType(SourceKey<?> key) implements ValueType<Object> {

  private static final TextType TEXT =
      TextType.of("text", "[^\\p{Cntrl}]{1,4096}", "one line, 4096 characters at most");

  @Override
  public Object parse(String text) throws Refused {
    Object value = type().parse(text);
    Optional<String> refusal = key.refusal(text.strip());
    if (refusal.isPresent()) {
      throw Refused.malformed((isSecret() ? "" : Echo.quoted(text.strip()) + " ") + refusal.get());
    }
    return value;
  }

  /** The value without a word; none is checked. */
  Object byDefault() {
    if (key.defaultText().isEmpty()) {
      return switch (key.kind()) {
        case TEXT, SECRET, WORD -> "";
        case ADDRESSES -> List.of();
        case COUNT -> (int) key.least();
        case DURATION -> Duration.ofMillis(key.least());
      };
    }
    try {
      return type().parse(key.defaultText());
    } catch (Refused e) {
      throw new IllegalStateException("built-in value of " + key + ": " + e.getMessage(), e);
    }
  }

  private ValueType<?> type() {
    return switch (key.kind()) {
      case TEXT -> TEXT;
      case SECRET -> new SecretType();
      case WORD -> WordType.of(key.words().toArray(new String[0]), word -> word);
      case COUNT -> new CountType((int) key.least(), (int) key.most());
      case DURATION ->
          new DurationType(Duration.ofMillis(key.least()), Duration.ofMillis(key.most()));
      case ADDRESSES -> ListType.of(new AddressType());
    };
  }

  @Override
  public String syntax() {
    return type().syntax();
  }

  @Override
  public String range() {
    return type().range();
  }

  @Override
  public boolean isSecret() {
    return key.kind() == SourceKey.Kind.SECRET;
  }
}
