package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.OutlierMode;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.event.Evidence;
import dev.inmesh.event.Failure;
import dev.inmesh.server.Server;

/**
 * The rules of ejection: what counts as evidence, how many may be out, and for how long. {@link
 * #charge} is safe for concurrent use; the rest is called under the route's lock.
 */
final class Ejections {

  enum Verdict {
    STAYS,
    /** Too many failures in a row. */
    CONSECUTIVE,
    /** {@code max_fails} within {@code fail_timeout}. */
    WINDOW
  }

  /** Of the ejection time, how much is left to chance, so that clients don't probe in step. */
  private static final double JITTER = 0.2;

  private final RandomSource random;

  Ejections(RandomSource random) {
    this.random = random;
  }

  /** Counts a failure. */
  Verdict charge(ServerState state, Failure failure, Outlier outlier, long now) {
    // Counted whatever the mode: it is a witness of how the others do.
    int count = state.failures.failed(failure);
    if (outlier.mode() == OutlierMode.OFF || isTurnedOff(state.server())) {
      return Verdict.STAYS;
    }
    FailureWindow window = state.failures.window(state.server());
    if (window != null) {
      return window.add(now) ? Verdict.WINDOW : Verdict.STAYS;
    }
    return count >= outlier.consecutiveFailures() ? Verdict.CONSECUTIVE : Verdict.STAYS;
  }

  /** {@code max_fails=0}, as in nginx. */
  static boolean isTurnedOff(Server server) {
    return server.maxFails().isPresent() && server.maxFails().getAsInt() == 0;
  }

  /** How many may be out on such evidence, of the servers that could be used. */
  static int most(int usable, Evidence evidence, Outlier outlier) {
    return evidence.isBeyondDoubt()
        ? usable - 1
        : Math.min(usable - 1, (int) Math.ceil(usable * outlier.maxEjectionRatio()));
  }

  /**
   * Out for the first time, or again after it came back.
   *
   * @param streak how often it was out before, one less for each clean interval
   */
  Ejection first(
      ServerState state,
      Evidence evidence,
      String proof,
      int count,
      boolean byWindow,
      int streak,
      UpstreamSettings settings,
      long now) {
    long until = now + nanos(state, byWindow, streak, settings);
    return new Ejection(evidence, proof, count, byWindow, now, until);
  }

  /**
   * The probe failed: out again.
   *
   * @param before the ejection that the probe was to end
   * @param streak how often it was out before, one less for each clean interval
   */
  Ejection again(
      ServerState state,
      Ejection before,
      Evidence evidence,
      String proof,
      int streak,
      UpstreamSettings settings,
      long now) {
    return new Ejection(
        evidence,
        proof,
        before.proof().equals(proof) ? before.count() + 1 : 1,
        before.byWindow(),
        before.since(),
        now + nanos(state, before.byWindow(), streak, settings));
  }

  private long nanos(ServerState state, boolean byWindow, int streak, UpstreamSettings settings) {
    Outlier outlier = settings.outlier();
    long base = (byWindow ? state.server().failTimeout() : outlier.baseEjectionTime()).toNanos();
    long max = Math.max(base, outlier.maxEjectionTime().toNanos());
    // 2^k, but never beyond what the cap would cut off anyway: no shift can overflow.
    double grown = Math.min((double) max, base * Math.pow(2, streak));
    return (long) (grown * (1 - JITTER / 2 + JITTER * random.unit()));
  }

  /** What the failure is evidence of. */
  static Evidence evidence(Failure failure) {
    return failure.isOfTheAddress() ? Evidence.REFUSED : Evidence.FAILURES;
  }
}
