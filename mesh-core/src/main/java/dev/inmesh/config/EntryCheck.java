package dev.inmesh.config;

import dev.inmesh.server.AddressLiteral;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import dev.inmesh.server.ServerEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes servers of what a registry lists, by the same grammar as {@code servers}, and drops what
 * can't be used: a registry may say anything. Not safe for concurrent use.
 *
 * <p>It remembers the last list, so that of 10,000 entries only the new ones are parsed.
 */
public final class EntryCheck {

  /** An entry may be this long, in characters. */
  private static final int LONGEST = 4096;

  private static final Comparator<Server> BY_ADDRESS =
      Comparator.comparing(Server::host).thenComparingInt(Server::port);

  private final AllowedNetworks networks;
  private Map<ServerEntry, Verdict> known = Map.of();

  /**
   * What came of a list.
   *
   * @param servers in the order of their addresses, none twice
   * @param dropped what is wrong with each entry that can't be used, fit to be shown
   */
  public record Checked(List<Server> servers, List<String> dropped) {}

  private record Verdict(@Nullable Server server, String fault) {}

  /** Drops what is outside of these networks, among others. */
  public EntryCheck(AllowedNetworks networks) {
    this.networks = networks;
  }

  /** Whether it drops what is outside of these networks. */
  public boolean isOf(AllowedNetworks others) {
    return networks.equals(others);
  }

  /** Checks a list. */
  public Checked check(List<ServerEntry> entries) {
    Map<ServerEntry, Verdict> now = new HashMap<>(entries.size() * 4 / 3 + 1);
    List<Server> servers = new ArrayList<>(entries.size());
    List<String> dropped = new ArrayList<>();
    for (ServerEntry entry : entries) {
      Verdict verdict = known.get(entry);
      if (verdict == null) {
        verdict = judge(entry);
      }
      if (now.put(entry, verdict) != null) {
        continue;
      }
      Server server = verdict.server();
      if (server != null) {
        servers.add(server);
      } else {
        dropped.add(verdict.fault());
      }
    }
    known = now;
    // Stable, so that of two entries of one server the first one counts.
    servers.sort(BY_ADDRESS);
    return new Checked(withoutTwins(servers), List.copyOf(dropped));
  }

  private static List<Server> withoutTwins(List<Server> sorted) {
    List<Server> servers = new ArrayList<>(sorted.size());
    for (Server server : sorted) {
      if (servers.isEmpty() || BY_ADDRESS.compare(servers.get(servers.size() - 1), server) != 0) {
        servers.add(server);
      }
    }
    return List.copyOf(servers);
  }

  private Verdict judge(ServerEntry entry) {
    int length = entry.words().stream().mapToInt(String::length).sum();
    if (length > LONGEST) {
      return new Verdict(null, Echo.quoted(entry.address()) + " has " + length + " characters");
    }
    try {
      Server server = canonical(ServerType.parse(entry.words()));
      boolean inside = AddressLiteral.of(server.host()).map(networks::allow).orElse(true);
      return inside
          ? new Verdict(server, "")
          : new Verdict(null, server.address() + " is outside " + networks);
    } catch (Refused e) {
      return new Verdict(null, e.faults().get(0).message());
    }
  }

  private static Server canonical(Server server) {
    String host = AddressLiteral.canonical(server.host());
    return host.equals(server.host())
        ? server
        : new Server(
            host,
            server.port(),
            server.weight(),
            server.maxConns(),
            server.maxFails(),
            server.failTimeout(),
            server.backup(),
            server.down(),
            server.drain(),
            server.zone(),
            server.region());
  }
}
