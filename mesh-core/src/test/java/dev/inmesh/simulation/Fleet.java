package dev.inmesh.simulation;

import dev.inmesh.balance.RandomSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All servers, and which of them may be used now; the oracle lives here. */
final class Fleet {

  private final Map<String, VirtualServer> servers = new HashMap<>();
  private final List<VirtualServer> usable = new ArrayList<>();
  private final Set<String> usableAddresses = new HashSet<>();
  private final Set<String> drained = new HashSet<>();
  private final RandomSource random;
  private List<String> listed = List.of();

  Fleet(RandomSource random) {
    this.random = random;
  }

  void add(VirtualServer server) {
    servers.put(server.address(), server);
  }

  VirtualServer server(String address) {
    return Objects.requireNonNull(servers.get(address), address);
  }

  /** The servers that the clients know. */
  List<String> listed() {
    return listed;
  }

  void list(List<String> addresses) {
    listed = List.copyOf(addresses);
    choose();
  }

  /** Whether it is in the list and not drained. */
  boolean isUsable(String address) {
    return usableAddresses.contains(address);
  }

  void drain(String address) {
    drained.add(address);
    choose();
  }

  void restore(String address) {
    drained.remove(address);
    choose();
  }

  private void choose() {
    usable.clear();
    usableAddresses.clear();
    for (String address : listed) {
      if (!drained.contains(address)) {
        usable.add(server(address));
        usableAddresses.add(address);
      }
    }
  }

  /**
   * The oracle's choice: the least likely to fail, then the least expected time, then the shortest
   * queue, then by chance.
   */
  VirtualServer best(String path, long now) {
    VirtualServer best = usable.get(0);
    double bestShare = Double.MAX_VALUE;
    double bestNanos = 0;
    int ties = 0;
    for (int i = 0; i < usable.size(); i++) {
      VirtualServer server = usable.get(i);
      double share = server.failureShare(path, now);
      double nanos = server.expectedNanos(now);
      int order = Double.compare(share, bestShare);
      order = order == 0 ? Double.compare(nanos, bestNanos) : order;
      order = order == 0 ? Integer.compare(server.inSystem(), best.inSystem()) : order;
      ties = order < 0 ? 1 : order == 0 ? ties + 1 : ties;
      if (order < 0 || (order == 0 && random.below(ties) == 0)) {
        best = server;
        bestShare = share;
        bestNanos = nanos;
      }
    }
    return best;
  }
}
