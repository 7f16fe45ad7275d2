package dev.inmesh.jdbc;

import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who is the primary and who follows it, at one moment. Immutable.
 *
 * @param replicas the others, in the order of the list, the primary before a failover among them
 * @param outside names of those that aren't known to follow the primary; nothing goes there
 */
record Lineup(Database primary, List<Database> replicas, Set<String> outside) {

  static Lineup of(Database primary, List<Database> replicas) {
    return new Lineup(primary, List.copyOf(replicas), Set.of());
  }

  /** The entry of a server that code has a pool for. */
  static Server entry(String name, int weight) {
    return new Server(
        name,
        0,
        weight,
        0,
        OptionalInt.empty(),
        Server.DEFAULT_FAIL_TIMEOUT,
        false,
        false,
        false,
        "",
        "");
  }

  /** With another primary; the one before follows it, or not, which it will have to say. */
  Lineup promoted(Database next) {
    List<Database> others = new ArrayList<>(replicas);
    others.remove(next);
    others.add(primary);
    Set<String> out = new TreeSet<>(outside);
    out.remove(next.name());
    out.add(primary.name());
    return new Lineup(next, List.copyOf(others), Set.copyOf(out));
  }

  /** With a server that is known to follow the primary. */
  Lineup rejoined(Database server) {
    Set<String> out = new TreeSet<>(outside);
    out.remove(server.name());
    return new Lineup(primary, replicas, Set.copyOf(out));
  }

  @Nullable Database get(String name) {
    if (primary.name().equals(name)) {
      return primary;
    }
    for (Database replica : replicas) {
      if (replica.name().equals(name)) {
        return replica;
      }
    }
    return null;
  }

  /**
   * As the engine has them: the primary is the backup of the replicas, and never ejected, since
   * there is nobody in its place.
   *
   * @param lagging names of replicas that are too far behind
   */
  List<Server> servers(Set<String> lagging) {
    List<Server> servers = new ArrayList<>();
    servers.add(backup(primary.entry()));
    for (Database replica : replicas) {
      Server entry = replica.entry();
      boolean out = outside.contains(replica.name()) || lagging.contains(replica.name());
      servers.add(out ? down(entry) : entry);
    }
    return servers;
  }

  private static Server backup(Server s) {
    return new Server(
        s.host(), s.port(), 1, 0, OptionalInt.of(0), s.failTimeout(), true, false, false, "", "");
  }

  private static Server down(Server s) {
    return new Server(
        s.host(),
        s.port(),
        s.weight(),
        s.maxConns(),
        s.maxFails(),
        s.failTimeout(),
        s.backup(),
        true,
        s.drain(),
        s.zone(),
        s.region());
  }

  @Override
  public String toString() {
    return primary + " and " + replicas;
  }
}
