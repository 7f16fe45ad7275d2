package dev.inmesh.config;

import dev.inmesh.config.Refused.Fault;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Values separated by commas, at least one, none twice.
 *
 * @param identity what must not be there twice
 */
record ListType<T>(ValueType<T> type, Function<T, Object> identity) implements ValueType<List<T>> {

  /** A value in which everything is wrong is shown by its first few faults. */
  static final int MOST_FAULTS = 10;

  static <T> ListType<T> of(ValueType<T> type) {
    return new ListType<>(type, value -> value);
  }

  @Override
  public List<T> parse(String text) throws Refused {
    List<T> values = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (String element : text.split(",", -1)) {
      try {
        T value = parseElement(element.strip(), text);
        values.add(value);
        if (!seen.add(identity.apply(value))) {
          String twice = Echo.quoted(element.strip()) + " is there twice; remove one";
          faults.add(new Fault(ProblemCode.DUPLICATE, twice));
        }
      } catch (Refused e) {
        faults.addAll(e.faults());
      }
      if (faults.size() >= MOST_FAULTS) {
        break;
      }
    }
    if (!faults.isEmpty()) {
      throw new Refused(faults);
    }
    return List.copyOf(values);
  }

  private T parseElement(String element, String list) throws Refused {
    if (element.isEmpty()) {
      throw Refused.malformed(
          list.isBlank()
              ? "'' is empty; write a list separated by commas, or remove the key"
              : Echo.quoted(list) + " has an empty entry; remove the comma");
    }
    return type.parse(element);
  }

  @Override
  public String syntax() {
    return "list of " + type.syntax();
  }

  @Override
  public String range() {
    return type.range();
  }
}
