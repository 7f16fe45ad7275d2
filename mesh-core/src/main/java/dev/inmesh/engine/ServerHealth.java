package dev.inmesh.engine;

import dev.inmesh.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * What the health checks of one server have come to, whatever the route. Written under the lock of
 * {@link HealthChecks}; standing, words and time left are read everywhere.
 */
final class ServerHealth {

  /** What its checks mean for its use. */
  enum Standing {
    /** Nothing speaks against it, or nothing is known. */
    PASSING,
    /** It fails but stays: most of the others fail as well, or nobody else is left. */
    HELD,
    /** It would be out, had {@code outlier.mode=observe} not only watched. */
    WATCHED,
    OUT
  }

  final ServerLoad load;

  /** What it is asked for; what is known of it holds for that. */
  String path = "";

  /** Its entry while it is to be checked, or null. */
  @Nullable Server server;

  /** Whether {@link #dueAt} holds. */
  boolean scheduled;

  volatile long dueAt;
  boolean running;

  private volatile Standing standing = Standing.PASSING;
  private volatile long since;
  private volatile String words = "";
  private volatile int passed;
  private int failed;
  private int alike;
  private String proof = "";
  private boolean flawless = true;

  ServerHealth(ServerLoad load) {
    this.load = load;
  }

  /** A good check. */
  void passed() {
    passed = Math.min(passed + 1, Integer.MAX_VALUE - 1);
    failed = 0;
  }

  /** A failed check, for this reason. */
  void failed(String reason) {
    alike = failed > 0 && reason.equals(proof) ? alike + 1 : 1;
    failed++;
    passed = 0;
    proof = reason;
    flawless = false;
    words = proof + (alike == failed ? " x" + failed : ", failed x" + failed);
  }

  /** Good checks since the last failed one. */
  int passedInRow() {
    return passed;
  }

  /** Failed checks since the last good one. */
  int failedInRow() {
    return failed;
  }

  /** Whether it was ever checked. */
  boolean isKnown() {
    return passed > 0 || failed > 0;
  }

  /** Whether none of its last checks failed, as far as there are so many. */
  boolean isClean(int checks) {
    return flawless || passed >= checks;
  }

  void stand(Standing now, long when) {
    standing = now;
    since = when;
  }

  /** When it came to stand as it does. */
  long since() {
    return since;
  }

  Standing standing() {
    return standing;
  }

  /** Whether its checks alone are against it, enforced or not. */
  boolean isCondemned() {
    Standing now = standing;
    return now == Standing.OUT || now == Standing.WATCHED;
  }

  boolean isOut() {
    return standing == Standing.OUT;
  }

  /** Whether its last checks failed, in or out. */
  boolean isFailing() {
    return standing != Standing.PASSING;
  }

  /** {@code http 503 x3}; of the last failures. */
  String words() {
    return words;
  }

  /** How long until it is back at the earliest, in nanoseconds. */
  long nanosLeft(int healthyThreshold, long intervalNanos, long now) {
    long more = Math.max(0, healthyThreshold - passed - 1);
    return Math.max(0, dueAt - now) + more * intervalNanos;
  }

  /** Nothing is known of it any more. */
  void forget() {
    standing = Standing.PASSING;
    passed = 0;
    failed = 0;
    flawless = true;
  }
}
