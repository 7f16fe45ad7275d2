package dev.inmesh.engine;

import dev.inmesh.server.Server;
import java.util.Arrays;
import java.util.List;

/**
 * A list of servers that takes the place of another one, and what became of each server of both,
 * with what each carries; see {@link ListDifference}. Immutable.
 */
final class ListChange {

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
}
