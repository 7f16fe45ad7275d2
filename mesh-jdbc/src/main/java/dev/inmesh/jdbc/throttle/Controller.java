package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * How many statements of this process may be on one server at a time, found out window by window
 * from how slow its disk is. There is no limit until disk and client agree that it is slow, in two
 * windows of three. A server that takes another's place gets a controller of its own. Not safe for
 * concurrent use.
 *
 * <p>What can't be measured is neither slow nor well: the limit stands still, and after five
 * seconds without any signal there is none.
 */
public final class Controller {

  private static final int LEAST_START = 4;

  /** More than half, or a limit between two numbers would be told of in every window. */
  private static final double HYSTERESIS = 0.6;

  /** As near to the one half as this, a limit is now one number and now the other. */
  private static final double UNDECIDED = 0.15;

  private static final int CALM_WINDOWS = 3;
  private static final long BLIND_NANOS = 5_000_000_000L;
  private static final long IDLE_NANOS = 60_000_000_000L;

  private final int minPermits;
  private final int maxPermits;
  private final RandomGenerator random;
  private final Map<DiskOperation, Baseline> baselines = new EnumMap<>(DiskOperation.class);
  private final Rest rest = new Rest();
  private final Map<DiskOperation, Long> lastSeen = new EnumMap<>(DiskOperation.class);
  private final ClientEvidence client = new ClientEvidence();
  private final Agreement agreement = new Agreement();
  private final Highest highest = new Highest();
  private Optional<Change.Proof> latest = Optional.empty();
  private double exact;
  private OptionalInt limit = OptionalInt.empty();
  private OptionalInt told = OptionalInt.empty();
  private int calmWindows;

  /**
   * Without a limit at first.
   *
   * @param minPermits the least limit, 1 or more
   * @param maxPermits the highest, at least {@code minPermits}; empty for none
   * @param random for what must not happen in all processes at once
   */
  public Controller(int minPermits, OptionalInt maxPermits, RandomGenerator random) {
    this.minPermits = minPermits;
    this.maxPermits = Math.max(minPermits, maxPermits.orElse(Integer.MAX_VALUE));
    this.random = random;
  }

  /**
   * Statements at a time in the next window; empty while there is no limit. A limit between two
   * numbers is the one or the other by chance: otherwise, of clients that should all have one and a
   * half, some would have twice what others have for as long as the disk is slow.
   */
  public OptionalInt limit() {
    return limit;
  }

  /** Whether there is a limit. */
  public boolean throttling() {
    return limit.isPresent();
  }

  /** What the last window has shown of the disk; empty where it has shown nothing. */
  public Optional<Change.Proof> latest() {
    return latest;
  }

  /**
   * Takes in what was seen in the window that ends now, about a second long.
   *
   * @return the change of the limit, if there is one worth telling
   */
  public Optional<Change> window(Observation seen, long nowNanos) {
    List<Reading> readings = seen.measures().stream().map(m -> read(m, seen, nowNanos)).toList();
    Optional<Reading> worst = Reading.worst(readings);
    latest = worst.map(Reading::proof);
    boolean learns = !throttling() && worst.filter(Reading::slow).isEmpty();
    ClientEvidence.Felt felt = client.window(seen.client(), learns, nowNanos);
    highest.add(seen.highestInFlight());
    OptionalInt before = told;
    if (throttling()) {
      step(seen, worst, nowNanos);
    } else {
      readings.forEach(reading -> learn(reading.measure(), nowNanos));
      if (begins(seen, worst, felt, nowNanos)) {
        exact = bounded(Math.max(LEAST_START, highest.lately()));
        step(seen, worst, nowNanos);
      }
    }
    seen.measures().forEach(measure -> lastSeen.put(measure.operation(), nowNanos));
    return told.equals(before) ? Optional.empty() : Optional.of(new Change(latest, before, told));
  }

  private boolean begins(
      Observation seen, Optional<Reading> worst, ClientEvidence.Felt felt, long nowNanos) {
    if (worst.isEmpty()) {
      // It says neither yes nor no, but not for ever.
      if (blind(seen, nowNanos)) {
        agreement.clear();
      }
      return false;
    }
    Reading reading = worst.get();
    boolean agreed =
        agreement.add(reading.slow() && (isStuck(seen) || felt.agrees(reading.measure())));
    // What takes a bit long although nobody waits for another is no faster with fewer.
    return agreed && (reading.isQueue() || reading.score() >= 1);
  }

  private void step(Observation seen, Optional<Reading> worst, long nowNanos) {
    if (worst.isEmpty()) {
      if (blind(seen, nowNanos)) {
        end();
      }
      return;
    }
    Reading reading = worst.get();
    boolean inUse = seen.heldBack() || seen.highestInFlight() >= exact;
    calmWindows = reading.well() && (!inUse || exact >= maxPermits) ? calmWindows + 1 : 0;
    if (calmWindows >= CALM_WINDOWS) {
      end();
      return;
    }
    double next = bounded(Law.next(exact, reading.ratio(), reading.score(), random.nextDouble()));
    boolean mayRise =
        (seen.heldBack() || seen.highestInFlight() >= exact / 2) && !anyMissing(seen, nowNanos);
    if (next < exact || mayRise) {
      exact = next;
    }
    limit = OptionalInt.of(drawn());
    if (told.isEmpty() || Math.abs(exact - told.getAsInt()) > HYSTERESIS) {
      told = OptionalInt.of((int) Math.round(exact));
    }
  }

  private int drawn() {
    int whole = (int) exact;
    double above = (exact - whole - (0.5 - UNDECIDED)) / (2 * UNDECIDED);
    return random.nextDouble() < above ? whole + 1 : whole;
  }

  /** Where statements take longer than a window, none of them tells how long. */
  private static boolean isStuck(Observation seen) {
    return seen.completed() == 0 && seen.highestInFlight() >= LEAST_START;
  }

  private void end() {
    limit = OptionalInt.empty();
    told = OptionalInt.empty();
    calmWindows = 0;
    agreement.clear();
  }

  /**
   * Whether something that could be measured a moment ago, and may have been the worst, is absent.
   */
  private boolean anyMissing(Observation seen, long nowNanos) {
    return lastSeen.entrySet().stream()
        .anyMatch(
            entry ->
                nowNanos - entry.getValue() < BLIND_NANOS
                    && seen.measures().stream().noneMatch(m -> m.operation() == entry.getKey()));
  }

  /**
   * Whether there has been nothing for too long; where nothing runs, there is nothing to measure.
   */
  private boolean blind(Observation seen, long nowNanos) {
    long patience = seen.highestInFlight() > 0 ? BLIND_NANOS : IDLE_NANOS;
    return lastSeen.values().stream().allMatch(last -> nowNanos - last >= patience);
  }

  private Reading read(Measure measure, Observation seen, long nowNanos) {
    Marks marks = Marks.of(measure.operation(), baseline(measure.operation()).value(nowNanos));
    if (measure.operation() != DiskOperation.FSYNC) {
      // Reads are counted when they end, and told of up to a second later: while a queue drains,
      // half as many seem to take as long. And where many reads wait, fewer are faster.
      return new Reading(measure, marks);
    }
    if (seen.enforced()) {
      double inFlight =
          throttling() ? Math.min(seen.highestInFlight(), exact) : seen.highestInFlight();
      rest.window(measure, inFlight, marks.soft(), nowNanos);
    }
    return new Reading(measure, marks.atRest(rest.value()));
  }

  private void learn(Measure measure, long nowNanos) {
    baseline(measure.operation()).add(measure.value(), nowNanos);
  }

  private Baseline baseline(DiskOperation operation) {
    return baselines.computeIfAbsent(operation, unknown -> new Baseline(600, 60));
  }

  private double bounded(double wanted) {
    return Math.min(maxPermits, Math.max(minPermits, wanted));
  }
}
