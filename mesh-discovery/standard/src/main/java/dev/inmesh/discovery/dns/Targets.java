package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * The addresses of the targets of one service. The last known ones of a target stay while it can't
 * be looked up, whatever becomes of whoever follows. Safe for concurrent use.
 */
final class Targets {

  private final Lookup lookup;
  private final Family family;
  private final Map<Name, List<InetAddress>> known = new ConcurrentHashMap<>();

  /** Why those couldn't be looked up the last time. */
  private final Map<Name, String> failed = new ConcurrentHashMap<>();

  Targets(Lookup lookup, Family family) {
    this.lookup = lookup;
    this.family = family;
  }

  /**
   * What is known of a target.
   *
   * @param fault why there is no address; empty where there is one
   */
  record Addresses(List<InetAddress> all, String fault) {}

  /** Those of one answer. */
  Round of(Lookup.Found found) {
    return new Round(found);
  }

  /**
   * Looks each target of an answer up once; those that failed the last time come last, since each
   * may take its time to fail again. Not safe for concurrent use.
   */
  final class Round {

    private final Lookup.Found found;
    private final Map<Name, Addresses> looked = new HashMap<>();
    private final List<Name> postponed = new ArrayList<>();
    private long ttlSeconds;
    private @Nullable IOException failure;

    private Round(Lookup.Found found) {
      this.found = found;
      this.ttlSeconds = found.ttlSeconds();
    }

    /** One that can't be looked up, or has none, keeps no news of the others away. */
    Addresses addresses(Name target) throws InterruptedException {
      Addresses before = looked.get(target);
      if (before != null) {
        return before;
      }
      List<InetAddress> told = family.of(found.extra().getOrDefault(target, List.of()));
      String fault = told.isEmpty() ? failed.get(target) : null;
      Addresses now;
      if (fault == null) {
        now = look(target, told);
      } else {
        postponed.add(target);
        now = lastKnown(target, fault);
      }
      looked.put(target, now);
      return now;
    }

    private Addresses lastKnown(Name target, String fault) {
      ttlSeconds = Math.min(ttlSeconds, Lookup.NEGATIVE_TTL_SECONDS);
      List<InetAddress> addresses = known.getOrDefault(target, List.of());
      return new Addresses(addresses, addresses.isEmpty() ? fault : "");
    }

    /** Whether there is one to be looked up later, and the others have an address to go on with. */
    boolean isPartial() {
      return !postponed.isEmpty() && looked.values().stream().anyMatch(one -> !one.all().isEmpty());
    }

    /** Looks the rest up, in any order, until one fails again. */
    void rest() throws InterruptedException {
      Collections.shuffle(postponed);
      for (Name target : postponed) {
        looked.put(target, look(target, List.of()));
        if (failed.containsKey(target)) {
          return;
        }
      }
    }

    private Addresses look(Name target, List<InetAddress> told) throws InterruptedException {
      List<InetAddress> addresses = told;
      if (addresses.isEmpty()) {
        try {
          Lookup.Found answer = family.find(type -> lookup.find(target, type));
          addresses = answer.records().stream().map(Lookup::address).toList();
          ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds());
        } catch (IOException e) {
          failure = e;
          failed.put(target, String.valueOf(e.getMessage()));
          return lastKnown(target, String.valueOf(e.getMessage()));
        }
      }
      failed.remove(target);
      if (addresses.isEmpty()) {
        known.remove(target);
        return new Addresses(addresses, "has no address");
      }
      known.put(target, addresses);
      return new Addresses(addresses, "");
    }

    /**
     * Ends the round: targets that are no longer named are forgotten.
     *
     * @throws IOException if no target has an address and one of them couldn't be looked up
     */
    void end() throws IOException {
      boolean isOutage = looked.values().stream().allMatch(one -> one.all().isEmpty());
      IOException outage = failure;
      if (isOutage && outage != null) {
        throw outage;
      }
      known.keySet().retainAll(looked.keySet());
      failed.keySet().retainAll(looked.keySet());
    }

    /** How long all of it holds. */
    long ttlSeconds() {
      return ttlSeconds;
    }
  }
}
