package dev.inmesh.registry;

import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A few servers of many, others in each process, by rendezvous hashing (Thaler and Ravishankar,
 * 1998): each server has the rank {@code mix(seed ^ fnv(address))}, and those of the highest ranks
 * are taken. A server that joins or leaves moves at most one of the others.
 */
final class Subset {

  private record Ranked(Server server, long rank) {}

  private static final Comparator<Ranked> FIRST =
      Comparator.comparingLong(Ranked::rank).thenComparing(ranked -> ranked.server().address());

  private Subset() {}

  /**
   * The first {@code size} of the servers that may be used, and as many backups, with those between
   * them that are drained or down, so that they can be seen.
   *
   * @return in the order of the list
   */
  static List<Server> of(List<Server> servers, int size, long seed) {
    if (servers.size() <= size) {
      return servers;
    }
    List<Ranked> ranked = new ArrayList<>(servers.size());
    servers.forEach(server -> ranked.add(new Ranked(server, rank(server, seed))));
    ranked.sort(FIRST);
    long last = last(ranked, size, false);
    long lastBackup = last(ranked, size, true);
    return servers.stream()
        .filter(server -> rank(server, seed) <= (server.backup() ? lastBackup : last))
        .toList();
  }

  /** The rank of the last one that is taken. */
  private static long last(List<Ranked> ranked, int size, boolean backup) {
    int taken = 0;
    for (Ranked next : ranked) {
      Server server = next.server();
      if (server.backup() == backup && !server.down() && !server.drain() && ++taken == size) {
        return next.rank();
      }
    }
    return Long.MAX_VALUE;
  }

  private static long rank(Server server, long seed) {
    long hash = 0xcbf29ce484222325L;
    String host = server.host();
    for (int i = 0; i < host.length(); i++) {
      hash = (hash ^ host.charAt(i)) * 0x100000001b3L;
    }
    return mix(seed ^ ((hash ^ server.port()) * 0x100000001b3L));
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014). */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
