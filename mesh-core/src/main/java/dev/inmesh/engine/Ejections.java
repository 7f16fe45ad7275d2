package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.Outlier;
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

  /** Counts a failure. A refused connection counts double: nothing listens there. */
  Verdict charge(ServerState state, Failure failure, Outlier outlier, long now) {
    Server server = state.server();
    boolean turnedOff = server.maxFails().isPresent() && server.maxFails().getAsInt() == 0;
    if (!outlier.enforce() || turnedOff) {
      return Verdict.STAYS;
    }
    state.failuresInRow.incrementAndGet();
    int count = state.consecutive.addAndGet(failure == Failure.REFUSED ? 2 : 1);
    FailureWindow window = state.window();
    if (window != null) {
      return window.add(now) ? Verdict.WINDOW : Verdict.STAYS;
    }
    return count >= outlier.consecutiveFailures() ? Verdict.CONSECUTIVE : Verdict.STAYS;
  }

  /** Ejects the server unless it is out already or a cap forbids it. */
  boolean eject(
      ServerState state,
      Verdict verdict,
      Failure failure,
      int status,
      UpstreamSettings settings,
      Choice choice,
      long now) {
    if (state.isEjected()) {
      return false;
    }
    int out = choice.ejected.length + 1;
    boolean refusal = failure == Failure.REFUSED;
    int most =
        refusal
            ? choice.usable - 1
            : Math.min(
                choice.usable - 1,
                (int) Math.ceil(choice.usable * settings.outlier().maxEjectionRatio()));
    if (out > most) {
      return false;
    }
    int streak = state.streak(now, settings.outlier().interval().toNanos());
    put(state, verdict == Verdict.WINDOW, failure, status, streak, settings, now);
    return true;
  }

  /** The probe failed: out again, for longer. */
  boolean ejectAgain(
      ServerState state, Failure failure, int status, UpstreamSettings settings, long now) {
    ServerState.Ejection before = state.ejection();
    if (before == null || !settings.outlier().enforce()) {
      return false;
    }
    int streak = state.streak(now, settings.outlier().interval().toNanos());
    put(state, before.byWindow(), failure, status, streak, settings, now);
    return true;
  }

  private void put(
      ServerState state,
      boolean byWindow,
      Failure failure,
      int status,
      int streak,
      UpstreamSettings settings,
      long now) {
    Outlier outlier = settings.outlier();
    long base = (byWindow ? state.server().failTimeout() : outlier.baseEjectionTime()).toNanos();
    long max = Math.max(base, outlier.maxEjectionTime().toNanos());
    // 2^k, but never beyond what the cap would cut off anyway: no shift can overflow.
    double grown = Math.min((double) max, base * Math.pow(2, Math.min(streak, 60)));
    long nanos = (long) (grown * (1 - JITTER / 2 + JITTER * random.unit()));
    ServerState.Ejection before = state.ejection();
    int count = state.failuresInRow.get();
    if (before != null) {
      boolean same = before.evidence() == failure && before.status() == status;
      count = same ? before.count() + 1 : 1;
    }
    state.eject(
        new ServerState.Ejection(
            failure,
            status,
            Math.max(1, count),
            failure == Failure.REFUSED,
            byWindow,
            before == null ? now : before.since(),
            now + nanos),
        Math.min(streak + 1, 60));
  }
}
