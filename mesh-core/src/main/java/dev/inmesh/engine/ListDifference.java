package dev.inmesh.engine;

import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What differs between two lists of servers. Of 10,000 most stay as they are: those are found by
 * going through both lists side by side, which takes no look-up by address, and where they are the
 * same objects no look at them at all. A server that says something else than before, or has moved
 * further than a few that joined or left, has left and joined.
 */
public record ListDifference(List<Server> joined, List<Server> left) {

  /** So many servers in a row that join or leave are recognized as just that. */
  private static final int REACH = 32;

  private static final ListDifference NONE = new ListDifference(List.of(), List.of());

  /** From one to another. */
  @SuppressWarnings("ReferenceEquality") // The very same list has no difference.
  public static ListDifference between(List<Server> before, List<Server> now) {
    if (before == now) {
      return NONE;
    }
    List<Server> joined = new ArrayList<>();
    List<Server> left = new ArrayList<>();
    int[] from = places(before, now);
    int next = 0;
    for (int i = 0; i < from.length; i++) {
      if (from[i] < 0) {
        joined.add(now.get(i));
        continue;
      }
      left.addAll(before.subList(next, from[i]));
      next = from[i] + 1;
    }
    left.addAll(before.subList(next, before.size()));
    return new ListDifference(joined, left);
  }

  /**
   * Where each of a list stood in another one, being the same in all it says, or -1. Who has moved
   * past another, or behind more than a few that joined or left at one place, isn't found.
   */
  static int[] places(List<Server> before, List<Server> after) {
    int[] from = new int[after.size()];
    Arrays.fill(from, -1);
    int i = 0;
    int j = 0;
    while (i < after.size() && j < before.size()) {
      if (after.get(i).equals(before.get(j))) {
        from[i++] = j++;
        continue;
      }
      int joined = distance(after, i, before.get(j));
      int gone = distance(before, j, after.get(i));
      if (joined == gone) {
        // Neither is near: one took the other's place.
        i++;
        j++;
      } else if (joined < gone) {
        i += joined;
      } else {
        j += gone;
      }
    }
    return from;
  }

  /** How far behind a place it stands, or more than {@link #REACH}. */
  private static int distance(List<Server> list, int place, Server wanted) {
    int end = Math.min(REACH, list.size() - place - 1);
    for (int distance = 1; distance <= end; distance++) {
      if (list.get(place + distance).equals(wanted)) {
        return distance;
      }
    }
    return REACH + 1;
  }
}
