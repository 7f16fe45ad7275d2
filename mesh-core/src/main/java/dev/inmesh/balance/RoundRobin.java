package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/** See {@link Balancers#roundRobin}. */
final class RoundRobin<S extends Candidate> implements Balancer<S> {

  private final S[] servers;
  private final SmoothSequence sequence;

  RoundRobin(Candidates<S> candidates, RandomSource random) {
    this.servers = candidates.servers;
    this.sequence = SmoothSequence.over(candidates.weights, random);
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    int first = sequence.next();
    if (attempt.mayUse(servers[first])) {
      return servers[first];
    }
    // The sequence goes on for this attempt alone a few steps; it may name the same server again
    // and again, so what is left is searched in order.
    for (int tries = 0; tries < 3; tries++) {
      S server = servers[sequence.next()];
      if (attempt.mayUse(server)) {
        return server;
      }
    }
    return Scan.firstUsable(servers, first, attempt);
  }
}
