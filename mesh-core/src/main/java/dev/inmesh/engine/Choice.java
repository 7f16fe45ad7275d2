package dev.inmesh.engine;

import dev.inmesh.balance.Balancer;
import dev.inmesh.balance.Balancers;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.Locality;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Who may be chosen now, in which order of tiers, and who is out. Immutable; built anew when an
 * ejection, a drain or the list changes it, never for a call.
 *
 * <p>Tiers: the preferred zone while at least half of its weight is eligible, all servers that are
 * no backup, the backups. A server outside the region fence, down or drained is in none.
 */
final class Choice {

  /** Asked one after the other until one has a server. */
  final List<Balancer<ServerState>> tiers;

  /** Who is not out, backups too. */
  final ServerState[] eligible;

  /** Who is out until a probe decides, the earliest return first. */
  final ServerState[] ejected;

  /** Who is out until its health checks are good, whatever else is held against it. */
  private final Set<ServerState> unhealthy;

  /** How many are out, those that fail their health checks included. */
  final int out;

  /** Whether nobody is out for failed health checks, since nobody would be left. */
  final boolean ignoresChecks;

  /** The earliest return; only to be read when somebody is out. */
  final long nextReturn;

  /** Servers that could be chosen if nobody were ejected. */
  final int usable;

  private Choice(
      List<Balancer<ServerState>> tiers,
      ServerState[] eligible,
      ServerState[] ejected,
      Set<ServerState> unhealthy,
      boolean ignoresChecks,
      int usable) {
    this.tiers = tiers;
    this.eligible = eligible;
    this.ejected = ejected;
    this.nextReturn = ejected.length == 0 ? 0 : until(ejected[0]);
    this.unhealthy = unhealthy;
    this.out = usable - eligible.length;
    this.ignoresChecks = ignoresChecks;
    this.usable = usable;
  }

  static Choice of(
      Collection<ServerState> servers, UpstreamSettings settings, RandomSource random) {
    Locality locality = settings.locality();
    List<ServerState> zone = new ArrayList<>();
    List<ServerState> regular = new ArrayList<>();
    List<ServerState> backup = new ArrayList<>();
    List<ServerState> in = new ArrayList<>();
    List<ServerState> out = new ArrayList<>();
    int usable = 0;
    long zoneWeight = 0;
    long zoneEligible = 0;
    Set<ServerState> unhealthy = Collections.newSetFromMap(new IdentityHashMap<>(0));
    boolean ignoresChecks = ignoresChecks(servers, locality);
    for (ServerState state : servers) {
      boolean inZone =
          !locality.preferZone().isEmpty()
              && !state.server().backup()
              && !state.server().down()
              && !isFenced(state.server(), locality)
              && locality.preferZone().equals(state.server().zone());
      if (inZone) {
        zoneWeight += state.weight();
      }
      if (!isUsable(state, locality)) {
        continue;
      }
      usable++;
      if (state.load.health.isOut() && !ignoresChecks) {
        unhealthy.add(state);
        continue;
      }
      (state.isEjected() ? out : in).add(state);
      if (state.isEjected()) {
        continue;
      }
      if (state.server().backup()) {
        backup.add(state);
      } else {
        regular.add(state);
        if (inZone) {
          zone.add(state);
          zoneEligible += state.weight();
        }
      }
    }
    List<Balancer<ServerState>> tiers = new ArrayList<>(3);
    if (2 * zoneEligible >= zoneWeight && zone.size() < regular.size()) {
      addTier(tiers, zone, settings, random);
    }
    addTier(tiers, regular, settings, random);
    addTier(tiers, backup, settings, random);
    ServerState[] ejected = out.toArray(new ServerState[0]);
    if (ejected.length > 1) {
      long base = until(ejected[0]);
      Arrays.sort(ejected, Comparator.comparingLong(s -> until(s) - base));
    }
    return new Choice(
        List.copyOf(tiers),
        in.toArray(new ServerState[0]),
        ejected,
        unhealthy,
        ignoresChecks,
        usable);
  }

  /**
   * Whether some would be out for failed health checks, but of the rest none passes its own. Where
   * all are equally bad the checks say nothing, and one server alone couldn't serve for all.
   */
  private static boolean ignoresChecks(Collection<ServerState> servers, Locality locality) {
    boolean anyOut = false;
    for (ServerState state : servers) {
      if (isUsable(state, locality)) {
        anyOut |= state.load.health.isOut();
        if (!state.isEjected() && !state.load.health.isFailing()) {
          return false;
        }
      }
    }
    return anyOut;
  }

  /** Whether it is out for failed health checks. */
  boolean isOutByChecks(ServerState state) {
    return unhealthy.contains(state);
  }

  private static void addTier(
      List<Balancer<ServerState>> tiers,
      List<ServerState> servers,
      UpstreamSettings settings,
      RandomSource random) {
    if (!servers.isEmpty()) {
      tiers.add(Balancers.of(settings.balancer(), servers.toArray(new ServerState[0]), random));
    }
  }

  /** Whether one of those who are not out is only full. */
  boolean isAtLimit() {
    for (ServerState state : eligible) {
      if (state.isAtLimit()) {
        return true;
      }
    }
    return false;
  }

  static boolean isFenced(Server server, Locality locality) {
    return !locality.regionFence().isEmpty() && !locality.regionFence().contains(server.region());
  }

  private static boolean isUsable(ServerState state, Locality locality) {
    return !state.server().down() && !state.isDraining() && !isFenced(state.server(), locality);
  }

  private static long until(ServerState state) {
    Ejection ejection = state.ejection();
    return ejection == null ? 0 : ejection.until();
  }
}
