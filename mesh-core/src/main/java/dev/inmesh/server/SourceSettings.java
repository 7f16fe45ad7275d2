package dev.inmesh.server;

import java.util.Collection;
import java.util.Map;

/** What {@code mesh.discovery.<id>} says of a registry. Immutable; equal when all values are. */
public final class SourceSettings {

  private final String id;
  private final String type;
  private final Map<String, Object> values;

  /**
   * Settings of a registry.
   *
   * @param values of every key of the type, by the key's name, each as its kind says
   */
  public SourceSettings(String id, String type, Map<String, Object> values) {
    this.id = id;
    this.type = type;
    this.values = Map.copyOf(values);
  }

  /** The id. */
  public String id() {
    return id;
  }

  /** The type. */
  public String type() {
    return type;
  }

  /**
   * The value of a key.
   *
   * @throws IllegalArgumentException if it is none of this type
   */
  @SuppressWarnings("unchecked") // A key's kind and its T belong together: see SourceKey.
  public <T> T value(SourceKey<T> key) {
    Object value = values.get(key.name());
    if (value == null) {
      throw new IllegalArgumentException(type + " has no key " + key);
    }
    return (T) value;
  }

  /** The values of those of the keys that are credentials, for whoever must hide them. */
  public Collection<String> secrets(Collection<SourceKey<?>> keys) {
    return keys.stream()
        .filter(key -> key.kind() == SourceKey.Kind.SECRET)
        .map(key -> String.valueOf(values.get(key.name())))
        .filter(secret -> !secret.isEmpty())
        .toList();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SourceSettings other
        && id.equals(other.id)
        && type.equals(other.type)
        && values.equals(other.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /** Nothing of the values: there are credentials among them. */
  @Override
  public String toString() {
    return type + " " + id;
  }
}
