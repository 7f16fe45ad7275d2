package dev.inmesh.http;

import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * What differs between two lists, by identity: lists of thousands that differ in one server share
 * all others' objects, and to compare those by what they say, for each change, costs more than the
 * change. A server that changed has left and joined.
 */
public record ListDifference(List<Server> joined, List<Server> left) {

  private static final ListDifference NONE = new ListDifference(List.of(), List.of());

  /** From one to another. */
  @SuppressWarnings("ReferenceEquality") // The very same list has no change.
  public static ListDifference between(List<Server> before, List<Server> now) {
    if (before == now) {
      return NONE;
    }
    Set<Server> left = Collections.newSetFromMap(new IdentityHashMap<>(before.size()));
    left.addAll(before);
    List<Server> joined = new ArrayList<>();
    for (Server server : now) {
      if (!left.remove(server)) {
        joined.add(server);
      }
    }
    return new ListDifference(joined, List.copyOf(left));
  }
}
