package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * See {@link Balancers#randomTwo}. Mitzenmacher, "The power of two choices in randomized load
 * balancing" (2001); drawn by weight and compared like {@link LeastConn}, as nginx's {@code random
 * two least_conn} does.
 */
final class RandomTwo<S extends Candidate> implements Balancer<S> {

  private final S[] servers;
  private final Load[] loads;
  private final int[] weights;
  private final AliasTable table;
  private final RandomSource random;

  RandomTwo(Candidates<S> candidates, RandomSource random) {
    this.servers = candidates.servers;
    this.loads = candidates.loads;
    this.weights = candidates.weights;
    this.random = random;
    this.table = AliasTable.over(weights);
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    int first = table.draw(random);
    if (servers.length == 1) {
      return attempt.mayUse(servers[0]) ? servers[0] : null;
    }
    int second = table.draw(random);
    if (second == first) {
      second = table.draw(random);
    }
    if (second == first) {
      // One of great weight would be drawn for long: any other one, each with the same odds.
      int other = first + 1 + random.below(servers.length - 1);
      second = other < servers.length ? other : other - servers.length;
    }
    S a = servers[first];
    S b = servers[second];
    boolean mayA = attempt.mayUse(a);
    boolean mayB = attempt.mayUse(b);
    if (mayA && mayB) {
      long busyA = (long) loads[first].inFlight() * weights[second];
      long busyB = (long) loads[second].inFlight() * weights[first];
      return busyB < busyA ? b : a;
    }
    if (mayA || mayB) {
      return mayA ? a : b;
    }
    return Scan.firstUsable(servers, first, attempt);
  }
}
