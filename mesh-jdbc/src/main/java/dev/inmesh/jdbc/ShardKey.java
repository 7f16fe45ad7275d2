package dev.inmesh.jdbc;

import java.sql.SQLType;
import java.sql.ShardingKey;
import java.sql.ShardingKeyBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a connection is asked for with: one value or several. The same texts are the same key,
 * whatever types they are of. Immutable.
 */
record ShardKey(List<String> parts) implements ShardingKey {

  /** What of a key a map of shards goes by. */
  String first() {
    return parts.get(0);
  }

  @Override
  public String toString() {
    return parts.stream().collect(Collectors.joining("/"));
  }

  /** Makes one. Not safe for concurrent use. */
  static final class Builder implements ShardingKeyBuilder {

    private final List<String> parts = new ArrayList<>();

    /**
     * Adds a value: anything whose {@code toString} is its value, such as a text, a number or a
     * UUID. The type is of no effect.
     */
    @Override
    public ShardingKeyBuilder subkey(Object value, SQLType type) {
      parts.add(value.toString());
      return this;
    }

    /**
     * The key.
     *
     * @throws IllegalStateException without a value
     */
    @Override
    public ShardingKey build() {
      if (parts.isEmpty()) {
        throw new IllegalStateException("a sharding key has at least one subkey(...)");
      }
      return new ShardKey(List.copyOf(parts));
    }
  }
}
