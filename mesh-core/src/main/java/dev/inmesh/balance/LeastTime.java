package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/** See {@link Balancers#leastTime} and {@link ServiceTime}. */
final class LeastTime<S extends Candidate> implements Balancer<S> {

  /** Up to this many servers are all compared. */
  private static final int SCAN = 16;

  /** Above that, this many: two would send 1 % of the calls to a slow one of ten. */
  private static final int SAMPLE = 8;

  private final S[] servers;
  private final RandomSource random;

  LeastTime(S[] servers, RandomSource random) {
    this.servers = servers;
    this.random = random;
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    long bits = random.nextLong();
    int n = servers.length;
    if (n <= SCAN) {
      return best(attempt, (int) (((bits >>> 32) * n) >>> 32));
    }
    S best = null;
    double bestScore = 0;
    int block = n / SAMPLE;
    for (int k = 0; k < SAMPLE; k++) {
      bits = RandomSource.mix(bits);
      int width = k == SAMPLE - 1 ? n - k * block : block;
      S server = servers[k * block + (int) (((bits >>> 32) * width) >>> 32)];
      if (!attempt.mayUse(server)) {
        continue;
      }
      double score = server.serviceTime().score(attempt.nowNanos());
      if (best == null || isBetter(score, server, bestScore, best)) {
        best = server;
        bestScore = score;
      }
    }
    return best != null ? best : Scan.firstUsable(servers, 0, attempt);
  }

  /** Starts anywhere, so that a full tie is decided by chance. */
  private @Nullable S best(Attempt<S> attempt, int from) {
    long now = attempt.nowNanos();
    S best = null;
    double bestScore = 0;
    for (int i = 0; i < servers.length; i++) {
      int at = from + i;
      S server = servers[at < servers.length ? at : at - servers.length];
      if (!attempt.mayUse(server)) {
        continue;
      }
      double score = server.serviceTime().score(now);
      if (best == null || isBetter(score, server, bestScore, best)) {
        best = server;
        bestScore = score;
      }
    }
    return best;
  }

  private static boolean isBetter(double score, Candidate server, double best, Candidate than) {
    return score < best || (score == best && server.inFlight() < than.inFlight());
  }
}
