package dev.inmesh.engine;

import dev.inmesh.balance.Candidates;
import dev.inmesh.config.UpstreamSettings.Locality;
import java.util.List;

/**
 * The servers of a route in the order of its list, and beside them what a {@link Choice} goes by,
 * as it was when each was last looked at. Whoever changes any of that has the roster look again, so
 * it is current but for the moment until that happens. Immutable.
 */
final class Lineup {

  /** Not down, drained or fenced. */
  static final int USABLE = 1;

  /** Of the preferred zone, whether drained or not. */
  static final int IN_ZONE = 2;

  static final int BACKUP = 4;
  static final int EJECTED = 8;

  /** Its health checks failed. */
  static final int UNHEALTHY = 16;

  static final Lineup NOBODY = new Lineup(Candidates.of(new ServerState[0]), new byte[0]);

  final Candidates<ServerState> servers;
  private final byte[] marks;

  private Lineup(Candidates<ServerState> servers, byte[] marks) {
    this.servers = servers;
    this.marks = marks;
  }

  /**
   * Other servers, many of which are the same.
   *
   * @param states taken over: must not change any more
   * @param from where each stands in this; negative where it is to be looked at
   */
  Lineup replacedBy(ServerState[] states, int[] from, Locality locality) {
    byte[] next = new byte[states.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = from[i] >= 0 ? marks[from[i]] : mark(states[i], locality);
    }
    return new Lineup(servers.replacedBy(states, from), next);
  }

  /** The same servers, each looked at. */
  Lineup lookedAtAnew(Locality locality) {
    byte[] now = new byte[marks.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = mark(servers.server(i), locality);
    }
    return new Lineup(servers.weighedAnew(), now);
  }

  private static byte mark(ServerState state, Locality locality) {
    var server = state.server();
    boolean mayBeUsed = !server.down() && !Choice.isFenced(server, locality);
    int mark = 0;
    if (mayBeUsed && !state.isDraining()) {
      mark |= USABLE;
    }
    String zone = locality.preferZone();
    if (mayBeUsed && !server.backup() && !zone.isEmpty() && zone.equals(server.zone())) {
      mark |= IN_ZONE;
    }
    if (server.backup()) {
      mark |= BACKUP;
    }
    if (state.isEjected()) {
      mark |= EJECTED;
    }
    if (state.load.health.isOut()) {
      mark |= UNHEALTHY;
    }
    return (byte) mark;
  }

  /** How many there are. */
  int size() {
    return marks.length;
  }

  /** The server at a place, from 0. */
  ServerState state(int place) {
    return servers.server(place);
  }

  /** What was seen of the server at a place. */
  int marks(int place) {
    return marks[place];
  }

  /** In the order of the list. */
  List<ServerState> states() {
    return servers.asList();
  }
}
