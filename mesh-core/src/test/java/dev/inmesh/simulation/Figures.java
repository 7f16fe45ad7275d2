package dev.inmesh.simulation;

import dev.inmesh.event.BreakerState;
import java.util.HashMap;
import java.util.Map;

/**
 * What one run came to. Calls that start during the warm-up are left out of the latencies, the
 * shares and the rates.
 */
final class Figures {

  private static final long BUCKET = Nanos.ofMillis(100);

  private final Scenario scenario;
  private final Latencies latencies = new Latencies();
  private final int[] started;
  private final int[] succeeded;
  private final Map<String, Double> firstEjection = new HashMap<>();
  private long allCalls;
  private long allAttempts;
  private long forbidden;
  private long calls;
  private long good;
  private long attempts;
  private long watched;
  private long bad;
  private long refused;
  private int breakerOpenings;
  private int ejections;
  private int wrongEjections;
  private int fewestLeft = Integer.MAX_VALUE;
  private int leaks;
  private long events;
  private long trace;

  Figures(Scenario scenario) {
    this.scenario = scenario;
    this.started = new int[(int) (scenario.endNanos() / BUCKET) + 1];
    this.succeeded = new int[started.length];
  }

  void attempt(String address, boolean usable, long now) {
    allAttempts++;
    forbidden += usable ? 0 : 1;
    if (now >= scenario.warmUpNanos() && now < scenario.endNanos()) {
      attempts++;
    }
    if (scenario.isWatched(now)) {
      watched++;
      if (scenario.isBad(address)) {
        bad++;
      }
    }
  }

  void callEnded(long startNanos, boolean success, long now) {
    allCalls++;
    int bucket = (int) (startNanos / BUCKET);
    started[bucket]++;
    succeeded[bucket] += success ? 1 : 0;
    if (startNanos >= scenario.warmUpNanos()) {
      calls++;
      good += success ? 1 : 0;
      latencies.add(now - startNanos);
    }
  }

  void refused(long now) {
    if (now >= scenario.warmUpNanos()) {
      refused++;
    }
  }

  void breakerChanged(BreakerState state) {
    breakerOpenings += state == BreakerState.OPEN ? 1 : 0;
  }

  void ejected(String address, int left, long now) {
    ejections++;
    fewestLeft = Math.min(fewestLeft, left);
    wrongEjections += scenario.isBad(address) ? 0 : 1;
    firstEjection.putIfAbsent(address, now / 1e9);
  }

  void finished(int leaked, long traceHash, long eventCount) {
    leaks = leaked;
    events = eventCount;
    trace = traceHash;
  }

  long calls() {
    return calls;
  }

  long good() {
    return good;
  }

  long attempts() {
    return attempts;
  }

  Scenario scenario() {
    return scenario;
  }

  @Override
  public String toString() {
    return scenario + " trace " + Long.toHexString(trace);
  }

  /** Calls, those of the warm-up included. */
  long allCalls() {
    return allCalls;
  }

  /** Attempts beyond one for each call, the warm-up included. */
  long extraAttempts() {
    return Math.max(0, allAttempts - allCalls);
  }

  int ejections() {
    return ejections;
  }

  /** Ejections of servers that nothing is wrong with. */
  int wrongEjections() {
    return wrongEjections;
  }

  /** Attempts, calls and leases that did not end. */
  int leaks() {
    return leaks;
  }

  /** Events that the run took. */
  long events() {
    return events;
  }

  long trace() {
    return trace;
  }

  /** Attempts on servers that had left the list or were drained. */
  long forbidden() {
    return forbidden;
  }

  /** How many servers a client's upstream, routes aside, had left after an ejection, at worst. */
  int fewestLeft() {
    return fewestLeft;
  }

  double quantileMillis(double share) {
    return latencies.quantile(share) / 1e6;
  }

  double percentAbove(double millis) {
    return 100 * latencies.shareAbove(Nanos.ofMillis(millis));
  }

  double goodPerSecond() {
    return good * 1e9 / (scenario.endNanos() - scenario.warmUpNanos());
  }

  double successPercent() {
    return 100.0 * good / calls;
  }

  double attemptsPerCall() {
    return (double) attempts / calls;
  }

  /** Calls that ended without an attempt: breaker, limit, no server. */
  double refusedPercent() {
    return 100.0 * refused / calls;
  }

  int breakerOpenings() {
    return breakerOpenings;
  }

  double badPercent() {
    return watched == 0 ? 0 : 100.0 * bad / watched;
  }

  /** Success of the calls that started between these seconds. */
  double successPercent(double from, double to) {
    long all = 0;
    long well = 0;
    for (int i = bucket(from); i < Math.min(bucket(to), started.length); i++) {
      all += started[i];
      well += succeeded[i];
    }
    return 100.0 * well / all;
  }

  /**
   * How long after this second the last tenth of a second began in which every tenth call failed.
   */
  double recoverySeconds(double after) {
    return recoverySeconds(after, 0.9);
  }

  /** The same for another share of good answers. */
  double recoverySeconds(double after, double share) {
    for (int i = started.length - 1; i >= bucket(after); i--) {
      if (started[i] > 0 && succeeded[i] < share * started[i]) {
        return (i + 1) * (BUCKET / 1e9) - after;
      }
    }
    return 0;
  }

  /** How long after this second the server was ejected for the first time; infinite if never. */
  double secondsToEjection(String address, double after) {
    Double at = firstEjection.get(address);
    return at == null ? Double.POSITIVE_INFINITY : at - after;
  }

  private static int bucket(double second) {
    return (int) (Nanos.ofSeconds(second) / BUCKET);
  }
}
