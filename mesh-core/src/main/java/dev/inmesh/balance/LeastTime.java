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
    return servers.length <= SCAN ? best(attempt) : bestOfSample(attempt);
  }

  private @Nullable S best(Attempt<S> attempt) {
    long now = attempt.nowNanos();
    S best = null;
    double bestScore = 0;
    int ties = 0;
    for (S server : servers) {
      if (!attempt.mayUse(server)) {
        continue;
      }
      double score = server.serviceTime().score(now) / server.weight();
      int order = best == null ? -1 : compare(score, server, bestScore, best);
      if (order < 0) {
        best = server;
        bestScore = score;
        ties = server.weight();
      } else if (order == 0) {
        // Reservoir sampling: among equals, as before the first answers, the weight decides.
        ties += server.weight();
        if (random.below(ties) < server.weight()) {
          best = server;
        }
      }
    }
    return best;
  }

  private @Nullable S bestOfSample(Attempt<S> attempt) {
    long now = attempt.nowNanos();
    long bits = random.nextLong();
    S best = null;
    double bestScore = 0;
    int ties = 0;
    // The k-th draw is from the k-th of SAMPLE equal blocks, so that all are distinct.
    int block = servers.length / SAMPLE;
    for (int k = 0; k < SAMPLE; k++) {
      bits = RandomSource.mix(bits);
      int width = k == SAMPLE - 1 ? servers.length - k * block : block;
      S server = servers[k * block + (int) (((bits >>> 32) * width) >>> 32)];
      if (!attempt.mayUse(server)) {
        continue;
      }
      double score = server.serviceTime().score(now) / server.weight();
      int order = best == null ? -1 : compare(score, server, bestScore, best);
      if (order < 0) {
        best = server;
        bestScore = score;
        ties = server.weight();
      } else if (order == 0) {
        ties += server.weight();
        if (random.below(ties) < server.weight()) {
          best = server;
        }
      }
    }
    return best != null ? best : Scan.firstUsable(servers, 0, attempt);
  }

  private static int compare(double score, Candidate server, double best, Candidate than) {
    int order = Double.compare(score, best);
    return order != 0 ? order : Integer.compare(server.inFlight(), than.inFlight());
  }
}
