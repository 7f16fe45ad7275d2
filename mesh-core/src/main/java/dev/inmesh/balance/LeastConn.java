package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * See {@link Balancers#leastConn}. Whoever has the least {@code inFlight / weight}, as in nginx.
 *
 * <p>At low load all servers have nothing in flight, so the tie is the common case: a step of the
 * smooth weighted sequence proposes a server, and only one that is strictly better takes its place.
 * When the proposal isn't among the best, a best one is drawn by weight.
 *
 * <p>As in {@link LeastTime}, the least is found without a branch, and only the winner is asked
 * whether the attempt may use it; when it may not, the slower way is gone.
 */
final class LeastConn<S extends Candidate> implements Balancer<S> {

  private static final long MOST = Integer.MAX_VALUE;

  private final S[] servers;
  private final SmoothSequence sequence;
  private final RandomSource random;

  /** Beside the servers, so that a look at one costs a single step through memory. */
  private final Load[] loads;

  private final int[] weights;

  /**
   * In proportion to {@code 1 / weight}, so that a comparison needs no division; empty where all
   * weigh the same.
   */
  private final int[] perWeight;

  LeastConn(Candidates<S> candidates, RandomSource random) {
    this.servers = candidates.servers;
    this.sequence = SmoothSequence.over(candidates.weights, random);
    this.random = random;
    this.loads = candidates.loads;
    this.weights = candidates.weights;
    this.perWeight = perWeight(weights);
  }

  /**
   * The least common multiple of the weights by each, so that what is tied stays tied; nearly that
   * where it is beyond {@link #MOST}, and hardly ever two are tied.
   */
  private static int[] perWeight(int[] weights) {
    long multiple = weights[0];
    boolean equal = true;
    for (int weight : weights) {
      equal &= weight == weights[0];
      if (multiple % weight == 0) {
        continue;
      }
      long rest = weight / SmoothSequence.greatestCommonDivisor((int) (multiple % weight), weight);
      multiple = multiple > MOST / rest ? MOST : multiple * rest;
    }
    if (equal) {
      return new int[0];
    }
    int[] perWeight = new int[weights.length];
    for (int i = 0; i < perWeight.length; i++) {
      perWeight[i] = (int) (multiple / weights[i]);
    }
    return perWeight;
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    int proposed = sequence.next();
    long load = load(loads, perWeight, proposed);
    int best = proposed;
    if (load != 0) {
      best = servers.length <= Sample.SCAN ? best(proposed, load) : bestOfSample(proposed, load);
    }
    S winner = servers[best];
    return attempt.mayUse(winner) ? winner : usable(proposed, attempt);
  }

  /** The proposal unless another one has less than its load. */
  private int best(int proposed, long load) {
    Load[] loads = this.loads;
    int[] perWeight = this.perWeight;
    long least = Long.MAX_VALUE;
    int best = 0;
    for (int i = 0; i < loads.length; i++) {
      long key = load(loads, perWeight, i);
      // All bits set where the key is less, and one bit for each of the best.
      long less = (key - least) >> 63;
      least += (key - least) & less;
      best = (best & ~(int) less) | ((int) (((key ^ least) - 1) >>> 63) << i);
    }
    return load <= least ? proposed : oneOf(best);
  }

  /** One of the equals, which are a bit each, by weight. */
  private int oneOf(int equals) {
    int left = equals;
    if (perWeight.length == 0) {
      for (int skip = random.below(Integer.bitCount(left)); skip > 0; skip--) {
        left &= left - 1;
      }
      return Integer.numberOfTrailingZeros(left);
    }
    int total = 0;
    for (; left != 0; left &= left - 1) {
      total += weights[Integer.numberOfTrailingZeros(left)];
    }
    left = equals;
    int drawn = random.below(total) - weights[Integer.numberOfTrailingZeros(left)];
    while (drawn >= 0) {
      left &= left - 1;
      drawn -= weights[Integer.numberOfTrailingZeros(left)];
    }
    return Integer.numberOfTrailingZeros(left);
  }

  private int bestOfSample(int proposed, long load) {
    Load[] loads = this.loads;
    int[] perWeight = this.perWeight;
    long bits = random.nextLong();
    // The first of equals is taken, so another block is the first one each time.
    int turn = (int) (bits >>> 61);
    long least = Long.MAX_VALUE;
    int best = 0;
    for (int i = 0; i < Sample.SIZE; i++) {
      bits = Sample.next(bits);
      int at = Sample.index((i + turn) & (Sample.SIZE - 1), loads.length, bits);
      long key = load(loads, perWeight, at);
      long less = (key - least) >> 63;
      least += (key - least) & less;
      best += (at - best) & (int) less;
    }
    return load <= least ? proposed : best;
  }

  private static long load(Load[] loads, int[] perWeight, int at) {
    long inFlight = loads[at].inFlight();
    return perWeight.length == 0 ? inFlight : inFlight * perWeight[at];
  }

  /** The best that the attempt may use, of equals one by weight; of many, in a sample first. */
  private @Nullable S usable(int proposed, Attempt<S> attempt) {
    boolean all = servers.length <= Sample.SCAN;
    int count = all ? servers.length : Sample.SIZE;
    long bits = all ? 0 : random.nextLong();
    S best = null;
    long least = Long.MAX_VALUE;
    int ties = 0;
    for (int i = 0; i < count; i++) {
      bits = Sample.next(bits);
      int at = all ? i : Sample.index(i, servers.length, bits);
      S server = servers[at];
      long key = load(loads, perWeight, at);
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
    return best != null || all ? best : Scan.firstUsable(servers, proposed, attempt);
  }
}
