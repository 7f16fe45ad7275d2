package dev.inmesh.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** One of a few words, in nginx's spelling. */
record WordType<T>(Map<String, T> words) implements ValueType<T> {

  WordType {
    words = Collections.unmodifiableMap(new LinkedHashMap<>(words));
  }

  /** The constants, in their order, each under its word. */
  static <E> WordType<E> of(E[] constants, Function<E, String> word) {
    Map<String, E> words = new LinkedHashMap<>();
    Arrays.stream(constants).forEach(constant -> words.put(word.apply(constant), constant));
    return new WordType<>(words);
  }

  static WordType<Boolean> booleans() {
    return of(new Boolean[] {true, false}, String::valueOf);
  }

  @Override
  public T parse(String written) throws Refused {
    String text = written.strip();
    T constant = words.get(text);
    if (constant == null) {
      List<String> known = new ArrayList<>(words.keySet());
      String lower = text.length() > 200 ? text : text.toLowerCase(Locale.ROOT);
      throw Refused.malformed(
          Echo.quoted(text)
              + " is none of "
              + String.join(", ", known)
              + NearMiss.furtherHint(lower, known));
    }
    return constant;
  }

  @Override
  public String syntax() {
    return String.join(" | ", words.keySet());
  }
}
