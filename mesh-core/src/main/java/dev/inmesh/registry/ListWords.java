package dev.inmesh.registry;

import dev.inmesh.server.Server;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Lists of servers in a few words, for the log. */
final class ListWords {

  /** So many servers are named. */
  private static final int NAMED = 3;

  private ListWords() {}

  /** {@code 1 server}, {@code 3 servers}. */
  static String count(Collection<?> servers) {
    return servers.size() == 1 ? "1 server" : servers.size() + " servers";
  }

  /** {@code 10.0.0.4:80 joined, 10.0.0.2:80 and 2 more left}; {@code attributes changed}. */
  static String difference(List<Server> before, List<Server> now) {
    Set<String> left = addresses(before);
    Set<String> joined = addresses(now);
    Set<String> stayed = new HashSet<>(left);
    stayed.retainAll(joined);
    left.removeAll(stayed);
    joined.removeAll(stayed);
    if (left.isEmpty() && joined.isEmpty()) {
      return "attributes changed";
    }
    String separator = left.isEmpty() || joined.isEmpty() ? "" : ", ";
    return named(joined, " joined") + separator + named(left, " left");
  }

  private static Set<String> addresses(List<Server> servers) {
    return servers.stream().map(Server::address).collect(Collectors.toCollection(HashSet::new));
  }

  private static String named(Set<String> addresses, String what) {
    if (addresses.isEmpty()) {
      return "";
    }
    int more = addresses.size() - NAMED;
    String names = addresses.stream().sorted().limit(NAMED).collect(Collectors.joining(" "));
    return names + (more > 0 ? " and " + more + " more" : "") + what;
  }
}
