package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.event.Evidence;
import java.util.Arrays;
import java.util.List;

/**
 * Whose fault it was that an attempt ended badly; asked before a server is charged, or ejected.
 *
 * <ul>
 *   <li><b>Mine</b>: this JVM stood still for a good part of the time that ran out ({@link
 *       #isMine}).
 *   <li><b>The caller's</b>: cancelled, or an answer that blames the request. Drivers see that, and
 *       end the lease with {@link Lease#ignored}.
 *   <li><b>The service's</b>: the others do no better ({@link #isServices}). Ejecting one helps
 *       nobody; the breaker sees to it.
 *   <li><b>The server's</b>: the rest.
 * </ul>
 *
 * Safe for concurrent use.
 */
final class FaultJudge {

  /** Above it, five failures in a row are chance rather than news: 0.4^5 = 1 %. */
  private static final double MUCH = 0.4;

  /** So many others are enough to judge by, so that 10,000 cost no more. */
  private static final int WITNESSES = 32;

  private final PauseDetector pauses;
  private final RandomSource random;

  FaultJudge(PauseDetector pauses, RandomSource random) {
    this.pauses = pauses;
    this.random = random;
  }

  /** Whether a pause of this JVM may be to blame for a timeout. */
  boolean isMine(long startNanos, long endNanos) {
    return pauses.excuse(startNanos, endNanos);
  }

  /**
   * Whether the better half of the other servers fails about as badly: 40 % or more of the time.
   * Half, since the loss of a zone is no reason to go on calling the servers there. For refused
   * connections, whether none of the others works. Never where all may be out and a backup stands
   * by: that is there for just this.
   */
  boolean isServices(ServerState accused, Evidence evidence, Choice choice, Outlier outlier) {
    if (outlier.maxEjectionRatio() >= 1 && hasBackup(choice, accused)) {
      return false;
    }
    double[] failing = new double[WITNESSES];
    int witnesses = 0;
    int failed = 0;
    List<ServerState> others = choice.eligible;
    if (others.isEmpty()) {
      return false;
    }
    int start = others.size() > WITNESSES ? random.below(others.size()) : 0;
    for (int i = 0; i < others.size() && witnesses < WITNESSES; i++) {
      ServerState other = others.get((start + i) % others.size());
      if (other != accused && other.wasUsedLately()) {
        failed += other.failures.inRow() > 0 ? 1 : 0;
        failing[witnesses++] = other.failures.lately();
      }
    }
    if (witnesses == 0) {
      return false;
    }
    if (evidence.isBeyondDoubt()) {
      return failed == witnesses;
    }
    Arrays.sort(failing, 0, witnesses);
    int half = (witnesses + 1) / 2;
    double mean = Arrays.stream(failing, 0, half).sum() / half;
    return mean >= MUCH;
  }

  private static boolean hasBackup(Choice choice, ServerState accused) {
    for (ServerState other : choice.eligible) {
      if (other != accused && other.server().backup()) {
        return true;
      }
    }
    return false;
  }
}
