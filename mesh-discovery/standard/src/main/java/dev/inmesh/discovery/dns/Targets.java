package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
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

  /** Looks each target of an answer up once. Not safe for concurrent use. */
  final class Round {

    private final Lookup.Found found;
    private final Map<Name, Addresses> looked = new HashMap<>();
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
      Addresses now = look(target);
      looked.put(target, now);
      return now;
    }

    private Addresses look(Name target) throws InterruptedException {
      List<InetAddress> addresses = family.of(found.extra().getOrDefault(target, List.of()));
      if (addresses.isEmpty()) {
        try {
          Lookup.Found answer = family.find(type -> lookup.find(target, type));
          addresses = answer.records().stream().map(Lookup::address).toList();
          ttlSeconds = Math.min(ttlSeconds, answer.ttlSeconds());
        } catch (IOException e) {
          failure = e;
          ttlSeconds = Math.min(ttlSeconds, Lookup.NEGATIVE_TTL_SECONDS);
          addresses = known.getOrDefault(target, List.of());
          return new Addresses(
              addresses, addresses.isEmpty() ? String.valueOf(e.getMessage()) : "");
        }
      }
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
      IOException failed = failure;
      if (isOutage && failed != null) {
        throw failed;
      }
      known.keySet().retainAll(looked.keySet());
    }

    /** How long all of it holds. */
    long ttlSeconds() {
      return ttlSeconds;
    }
  }
}
