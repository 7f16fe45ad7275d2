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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes servers of what a registry lists, by the same grammar as {@code servers}, and drops what
 * can't be used: a registry may say anything. Not safe for concurrent use.
 *
 * <p>It remembers the last list, so that of 10,000 entries only the new ones are parsed and sorted.
 */
public final class EntryCheck {

  /** An entry may be this long, in characters. */
  private static final int LONGEST = 4096;

  private static final Comparator<Verdict> BY_ADDRESS =
      Comparator.comparing((Verdict verdict) -> verdict.usable().host())
          .thenComparingInt(verdict -> verdict.usable().port());

  private final AllowedNetworks networks;
  private final Map<ServerEntry, Verdict> known = new HashMap<>();

  /** Those of the last list that can be used, by their addresses. */
  private List<Verdict> sorted = List.of();

  /** Counts the lists. */
  private int list;

  /**
   * What came of a list.
   *
   * @param servers in the order of their addresses, none twice
   * @param dropped what is wrong with each entry that can't be used, fit to be shown
   */
  public record Checked(List<Server> servers, List<String> dropped) {}

  /** What came of an entry, and where the last list that has it has it. */
  private static final class Verdict {

    private final @Nullable Server server;
    private final String fault;
    private int list;
    private int place;

    Verdict(@Nullable Server server, String fault) {
      this.server = server;
      this.fault = fault;
    }

    Server usable() {
      return Objects.requireNonNull(server);
    }
  }

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
    list++;
    List<String> dropped = new ArrayList<>();
    List<Verdict> joined = new ArrayList<>();
    int different = 0;
    for (ServerEntry entry : entries) {
      Verdict verdict = known.get(entry);
      if (verdict == null) {
        verdict = judge(entry);
        known.put(entry, verdict);
        if (verdict.server != null) {
          joined.add(verdict);
        }
      }
      if (verdict.list != list) {
        verdict.list = list;
        verdict.place = different++;
        if (verdict.server == null) {
          dropped.add(verdict.fault);
        }
      }
    }
    if (known.size() > different) {
      known.values().removeIf(verdict -> verdict.list != list);
    }
    joined.sort(BY_ADDRESS);
    sorted = merged(joined);
    return new Checked(withoutTwins(), List.copyOf(dropped));
  }

  /** Those from before that are still there, and those that joined. */
  private List<Verdict> merged(List<Verdict> joined) {
    List<Verdict> merged = new ArrayList<>(sorted.size() + joined.size());
    int next = 0;
    for (Verdict verdict : sorted) {
      while (next < joined.size() && BY_ADDRESS.compare(joined.get(next), verdict) < 0) {
        merged.add(joined.get(next++));
      }
      if (verdict.list == list) {
        merged.add(verdict);
      }
    }
    merged.addAll(joined.subList(next, joined.size()));
    return merged;
  }

  /** Of several entries of one server the first one counts. */
  private List<Server> withoutTwins() {
    List<Server> servers = new ArrayList<>(sorted.size());
    for (int i = 0; i < sorted.size(); ) {
      Verdict first = sorted.get(i);
      for (i++; i < sorted.size() && BY_ADDRESS.compare(first, sorted.get(i)) == 0; i++) {
        first = sorted.get(i).place < first.place ? sorted.get(i) : first;
      }
      servers.add(first.usable());
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
