package dev.inmesh.engine;

import dev.inmesh.server.Server;
import java.util.Arrays;
import java.util.List;

/**
 * A list of servers that takes the place of another one, and what became of each server of both. Of
 * 10,000 most stay as they are: those are found by going through both lists side by side, which
 * takes no look-up by address, and where they are the same objects no look at them at all.
 * Immutable.
 */
final class ListChange {

  /** So many servers in a row that join or leave are recognized as just that. */
  private static final int REACH = 32;

  /** To begin with. */
  static final ListChange NONE =
      new ListChange(List.of(), List.of(), List.of(), new int[0], new int[0], true);

  /** The servers of the list before. */
  final List<Server> before;

  /** The servers of the new list. */
  final List<Server> servers;

  /** What they carry. */
  final List<ServerLoad> loads;

  /** Where each stood before, being the same, or -1: then it is to be looked at. */
  final int[] from;

  /** The places in the list before of those that are in the new one no more. */
  final int[] left;

  /** Whether what else is set changed too: then all of them are to be looked at. */
  final boolean othersToo;

  ListChange(
      List<Server> before,
      List<Server> servers,
      List<ServerLoad> loads,
      int[] from,
      int[] left,
      boolean othersToo) {
    this.before = before;
    this.servers = servers;
    this.loads = loads;
    this.from = from;
    this.left = left;
    this.othersToo = othersToo;
  }

  /**
   * The same list for who has another one than the one before: a new route has none, and one that
   * failed in the midst of a change has what it had. There nobody's place is known.
   */
  ListChange fromAnother() {
    int[] nowhere = new int[from.length];
    Arrays.fill(nowhere, -1);
    return new ListChange(List.of(), servers, loads, nowhere, new int[0], true);
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
