package dev.inmesh.config;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The conditions of {@code retry.on}; {@code off} stands alone and means none. */
record RetryOnType() implements ValueType<Set<RetryCondition>> {

  private static final String OFF = "off";
  private static final WordType<RetryCondition> WORD =
      WordType.of(RetryCondition.values(), RetryCondition::key);
  private static final ListType<RetryCondition> LIST = ListType.of(WORD);

  @Override
  public Set<RetryCondition> parse(String text) throws Refused {
    if (text.strip().equals(OFF)) {
      return Set.of();
    }
    for (String word : text.split(",", -1)) {
      if (word.strip().equals(OFF)) {
        throw new Refused(
            ProblemCode.CONTRADICTION,
            Echo.quoted(text) + " has 'off' beside other conditions; write one or the other");
      }
    }
    return Collections.unmodifiableSet(EnumSet.copyOf(LIST.parse(text)));
  }

  @Override
  public String syntax() {
    return "list of conditions | " + OFF;
  }

  /** All conditions, for the reference. */
  static String words() {
    return String.join(", ", WORD.words().keySet());
  }
}
