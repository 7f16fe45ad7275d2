package dev.inmesh.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happens to which request, by a seed: the same seed, call and arrival meet the same fault
 * whenever they come. Counts what was really done. Safe for concurrent use.
 */
final class Script {

  private static final List<Fault> ON_REQUESTS =
      Arrays.stream(Fault.values())
          .filter(f -> f.place() == Fault.Place.REQUEST && f != Fault.NONE)
          .toList();

  private static final List<Fault> ON_REUSED =
      Arrays.stream(Fault.values()).filter(f -> f.place() == Fault.Place.REUSED).toList();

  private final long seed;
  private final boolean leaks;
  private final Map<Long, Integer> arrivals = new ConcurrentHashMap<>();
  private final Map<Fault, LongAdder> applied = new ConcurrentHashMap<>();

  /**
   * @param leaks whether the JDK's client meets those faults that make it leak by itself
   */
  Script(long seed, boolean leaks) {
    this.seed = seed;
    this.leaks = leaks;
  }

  /** What the first attempt of a call meets. */
  Fault first(long id, boolean byJdk) {
    return at(id, 1, byJdk);
  }

  /**
   * What befalls a request of this call that arrives now, over whatever proxy.
   *
   * @param byJdk whether it came from the JDK's client
   * @param reused whether its connection has served another one
   */
  Fault next(long id, boolean byJdk, boolean reused) {
    Fault fault = at(id, arrivals.merge(id, 1, Integer::sum), byJdk);
    return fault.place() == Fault.Place.REUSED && !reused ? Fault.NONE : fault;
  }

  private Fault at(long id, int arrival, boolean byJdk) {
    Fault fault = at(id, arrival);
    return byJdk && fault.leaksInJdk() && !leaks ? Fault.RESET_MID_HEADER : fault;
  }

  private Fault at(long id, int arrival) {
    SplittableRandom random = new SplittableRandom(seed * 31 + id * 1_000_003 + arrival);
    random.nextLong(); // Seeds that lie next to each other begin alike.
    // Some go well, or no connection would ever be used again; a retry is better off.
    double well = arrival == 1 ? 0.15 : 0.6;
    if (random.nextDouble() < well) {
      return Fault.NONE;
    }
    // Calls in a row meet the same status: a burst.
    if (Math.floorMod(id / 50, 10) == 7) {
      return List.of(Fault.STATUS_500, Fault.STATUS_502, Fault.STATUS_503, Fault.STATUS_504)
          .get(Math.floorMod(id / 500, 4));
    }
    List<Fault> faults = random.nextDouble() < 0.15 ? ON_REUSED : ON_REQUESTS;
    return faults.get(random.nextInt(faults.size()));
  }

  void applied(Fault fault) {
    if (fault != Fault.NONE) {
      applied.computeIfAbsent(fault, f -> new LongAdder()).increment();
    }
  }

  /** How often it was done. */
  long count(Fault fault) {
    LongAdder count = applied.get(fault);
    return count == null ? 0 : count.sum();
  }

  long count() {
    return Arrays.stream(Fault.values()).mapToLong(this::count).sum();
  }

  /** Those that can happen to a request, for whoever wants to know that none was left out. */
  static List<Fault> ofRequests() {
    List<Fault> all = new ArrayList<>(ON_REQUESTS);
    all.addAll(ON_REUSED);
    return all;
  }
}
