package dev.inmesh.engine;

import dev.inmesh.balance.Balancer;
import dev.inmesh.balance.Balancers;
import dev.inmesh.balance.Candidates;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.UpstreamSettings.Locality;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Arrays;
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
  final List<ServerState> eligible;

  /** Whether one of those is no backup. */
  final boolean hasRegular;

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
      List<ServerState> eligible,
      boolean hasRegular,
      ServerState[] ejected,
      Set<ServerState> unhealthy,
      boolean ignoresChecks,
      int usable) {
    this.tiers = tiers;
    this.eligible = eligible;
    this.hasRegular = hasRegular;
    this.ejected = ejected;
    this.nextReturn = ejected.length == 0 ? 0 : until(ejected[0]);
    this.unhealthy = unhealthy;
    this.out = usable - eligible.size();
    this.ignoresChecks = ignoresChecks;
    this.usable = usable;
  }

  static Choice of(Lineup lineup, BalancerType balancer, RandomSource random) {
    int n = lineup.size();
    boolean ignoresChecks = ignoresChecks(lineup);
    Places zone = new Places(n);
    Places regular = new Places(n);
    Places backup = new Places(n);
    Places in = new Places(n);
    List<ServerState> out = new ArrayList<>(0);
    Set<ServerState> unhealthy = Collections.newSetFromMap(new IdentityHashMap<>(0));
    int usable = 0;
    long zoneWeight = 0;
    long zoneEligible = 0;
    for (int i = 0; i < n; i++) {
      int marks = lineup.marks(i);
      boolean inZone = (marks & Lineup.IN_ZONE) != 0;
      if (inZone) {
        zoneWeight += lineup.servers.weight(i);
      }
      if ((marks & Lineup.USABLE) == 0) {
        continue;
      }
      usable++;
      if ((marks & Lineup.UNHEALTHY) != 0 && !ignoresChecks) {
        unhealthy.add(lineup.state(i));
        continue;
      }
      if ((marks & Lineup.EJECTED) != 0) {
        out.add(lineup.state(i));
        continue;
      }
      in.add(i);
      if ((marks & Lineup.BACKUP) != 0) {
        backup.add(i);
        continue;
      }
      regular.add(i);
      if (inZone) {
        zone.add(i);
        zoneEligible += lineup.servers.weight(i);
      }
    }
    List<Balancer<ServerState>> tiers = new ArrayList<>(3);
    if (2 * zoneEligible >= zoneWeight && zone.count < regular.count) {
      addTier(tiers, zone, lineup, balancer, random);
    }
    addTier(tiers, regular, lineup, balancer, random);
    addTier(tiers, backup, lineup, balancer, random);
    ServerState[] ejected = out.toArray(new ServerState[0]);
    if (ejected.length > 1) {
      long base = until(ejected[0]);
      Arrays.sort(ejected, Comparator.comparingLong(s -> until(s) - base));
    }
    return new Choice(
        List.copyOf(tiers),
        in.of(lineup.servers).asList(),
        regular.count > 0,
        ejected,
        unhealthy,
        ignoresChecks,
        usable);
  }

  /** Places in a line-up, in its order. */
  private static final class Places {

    private final int[] places;
    private int count;

    Places(int most) {
      places = new int[most];
    }

    void add(int place) {
      places[count++] = place;
    }

    /** The servers there; what it takes for all of them costs nothing. */
    Candidates<ServerState> of(Candidates<ServerState> all) {
      return count == all.size() ? all : all.at(Arrays.copyOf(places, count));
    }
  }

  /**
   * Whether some would be out for failed health checks, but of the rest none passes its own. Where
   * all are equally bad the checks say nothing, and one server alone couldn't serve for all.
   */
  private static boolean ignoresChecks(Lineup lineup) {
    boolean anyOut = false;
    for (int i = 0; i < lineup.size(); i++) {
      int marks = lineup.marks(i);
      if ((marks & Lineup.USABLE) != 0) {
        anyOut |= (marks & Lineup.UNHEALTHY) != 0;
        if ((marks & Lineup.EJECTED) == 0 && !lineup.state(i).load.health.isFailing()) {
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
      Places places,
      Lineup lineup,
      BalancerType balancer,
      RandomSource random) {
    if (places.count > 0) {
      tiers.add(Balancers.of(balancer, places.of(lineup.servers), random));
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

  private static long until(ServerState state) {
    Ejection ejection = state.ejection();
    return ejection == null ? 0 : ejection.until();
  }
}
