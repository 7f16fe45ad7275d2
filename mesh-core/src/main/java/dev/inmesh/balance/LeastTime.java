package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * See {@link Balancers#leastTime} and {@link ServiceTime}.
 *
 * <p>Whose score is the least is as good as random, so a branch on each comparison would be
 * mispredicted several times a pick, which takes longer than all the arithmetic: the least is found
 * without one. For the same reason, and since each server that is asked is a walk through memory,
 * only the winner is asked whether the attempt may use it; when it may not, the slower way is gone.
 */
final class LeastTime<S extends Candidate> implements Balancer<S> {

  private final S[] servers;
  private final RandomSource random;
  private final AliasTable byWeight;

  /** Beside the servers, so that a look at one costs a single step through memory. */
  private final ServiceTime[] times;

  private final int[] weights;
  private final float[] perWeight;

  LeastTime(Candidates<S> candidates, RandomSource random) {
    this.servers = candidates.servers;
    this.random = random;
    this.byWeight = AliasTable.over(candidates.weights);
    this.times = candidates.times;
    this.weights = candidates.weights;
    this.perWeight = new float[weights.length];
    for (int i = 0; i < perWeight.length; i++) {
      perWeight[i] = 1.0f / weights[i];
    }
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    // Each read of a score makes the compiler read all fields anew, but not what is in locals.
    ServiceTime[] times = this.times;
    float[] perWeight = this.perWeight;
    int n = times.length;
    boolean all = n <= Sample.SCAN;
    int count = all ? n : Sample.SIZE;
    long seed = all ? 0 : random.nextLong();
    long now = attempt.nowNanos();

    long bits = seed;
    int best = 0;
    long least = Long.MAX_VALUE;
    long second = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      int at = i;
      if (!all) {
        bits = Sample.next(bits);
        at = Sample.index(i, n, bits);
      }
      long key = key(times[at], perWeight[at], now);
      // All bits set where the key is less; Math.min of a long would be a branch.
      long less = (key - least) >> 63;
      long greater = key + ((least - key) & less);
      second += (greater - second) & ((greater - second) >> 63);
      least += (key - least) & less;
      best += (at - best) & (int) less;
    }
    if (least == second) {
      // Equals, as before the first answers: the weight decides.
      best = byWeight.draw(random);
      if (key(times[best], perWeight[best], now) > least) {
        return usable(attempt, seed, now);
      }
    }
    S winner = servers[best];
    return attempt.mayUse(winner) ? winner : usable(attempt, seed, now);
  }

  /** The score's bits, which are ordered as scores are, for none is negative. */
  private static long key(ServiceTime time, float perWeight, long now) {
    return Double.doubleToRawLongBits(time.score(now) * perWeight);
  }

  /** The best that the attempt may use, of equals one by weight. */
  private @Nullable S usable(Attempt<S> attempt, long seed, long now) {
    int n = servers.length;
    boolean all = n <= Sample.SCAN;
    int count = all ? n : Sample.SIZE;
    long bits = seed;
    S best = null;
    long least = Long.MAX_VALUE;
    int ties = 0;
    for (int i = 0; i < count; i++) {
      int at = i;
      if (!all) {
        bits = Sample.next(bits);
        at = Sample.index(i, n, bits);
      }
      long key = key(times[at], perWeight[at], now);
      S server = servers[at];
      if (key > least || !attempt.mayUse(server)) {
        continue;
      }
      // Reservoir sampling: each of the equals ends up chosen by its share.
      ties = key < least ? weights[at] : ties + weights[at];
      if (key < least || random.below(ties) < weights[at]) {
        best = server;
      }
      least = key;
    }
    return best != null || all ? best : Scan.firstUsable(servers, 0, attempt);
  }
}
