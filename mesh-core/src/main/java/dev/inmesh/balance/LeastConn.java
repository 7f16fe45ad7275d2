package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * See {@link Balancers#leastConn}. The comparison is nginx's: {@code inFlight_a * weight_b <
 * inFlight_b * weight_a}.
 *
 * <p>At low load all servers have nothing in flight, so the tie is the common case: a step of the
 * smooth weighted sequence proposes a server, and only one that is strictly better takes its place.
 * When the proposal isn't among the best, a best one is drawn by weight.
 */
final class LeastConn<S extends Candidate> implements Balancer<S> {

  /** Up to this many servers are all compared. */
  private static final int SCAN = 16;

  /** Above that, this many. */
  private static final int SAMPLE = 8;

  private final S[] servers;
  private final SmoothSequence sequence;
  private final RandomSource random;

  LeastConn(S[] servers, RandomSource random) {
    this.servers = servers;
    this.sequence = SmoothSequence.over(servers, random);
    this.random = random;
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    int proposed = sequence.next();
    return servers.length <= SCAN ? best(proposed, attempt) : bestOfSample(proposed, attempt);
  }

  private @Nullable S best(int proposed, Attempt<S> attempt) {
    S best = null;
    int bestInFlight = 0;
    int ties = 0;
    S proposal = servers[proposed];
    if (attempt.mayUse(proposal)) {
      best = proposal;
      bestInFlight = proposal.inFlight();
      if (bestInFlight == 0) {
        return best;
      }
    }
    for (int i = 0; i < servers.length; i++) {
      S server = servers[i];
      if (i == proposed || !attempt.mayUse(server)) {
        continue;
      }
      int inFlight = server.inFlight();
      if (best == null) {
        best = server;
        bestInFlight = inFlight;
        ties = server.weight();
        continue;
      }
      long left = (long) inFlight * best.weight();
      long right = (long) bestInFlight * server.weight();
      if (left < right) {
        best = server;
        bestInFlight = inFlight;
        ties = server.weight();
      } else if (left == right && best != proposal) {
        // Reservoir sampling by weight: each of the equals ends up chosen by its share.
        ties += server.weight();
        if (random.below(ties) < server.weight()) {
          best = server;
          bestInFlight = inFlight;
        }
      }
    }
    return best;
  }

  private @Nullable S bestOfSample(int proposed, Attempt<S> attempt) {
    int n = servers.length;
    // Distinct without a list of what was drawn: a random start and a random stride that has no
    // divisor in common with n would do, but one block of n / SAMPLE for each draw needs no number
    // theory: the k-th draw is from the k-th of SAMPLE equal blocks.
    long bits = random.nextLong();
    S best = null;
    int bestInFlight = 0;
    S proposal = servers[proposed];
    if (attempt.mayUse(proposal)) {
      best = proposal;
      bestInFlight = proposal.inFlight();
      if (bestInFlight == 0) {
        return best;
      }
    }
    int block = n / SAMPLE;
    for (int k = 0; k < SAMPLE; k++) {
      bits = RandomSource.mix(bits);
      int width = k == SAMPLE - 1 ? n - k * block : block;
      S server = servers[k * block + (int) (((bits >>> 32) * width) >>> 32)];
      if (server == proposal || !attempt.mayUse(server)) {
        continue;
      }
      int inFlight = server.inFlight();
      if (best == null || (long) inFlight * best.weight() < (long) bestInFlight * server.weight()) {
        best = server;
        bestInFlight = inFlight;
      }
    }
    return best != null ? best : Scan.firstUsable(servers, proposed, attempt);
  }
}
