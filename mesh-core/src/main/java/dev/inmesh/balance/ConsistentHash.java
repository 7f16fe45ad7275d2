package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/**
 * See {@link Balancers#hash}. Maglev hashing (Eisenbud et al., "Maglev: a fast and reliable
 * software network load balancer", NSDI 2016): a table of M slots in which every server has its
 * share by weight, and which hardly changes when a server comes or goes. With bounded loads
 * (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", 2016): a server
 * that has more than 1.25 times its share in flight is passed over for the next slot's.
 */
final class ConsistentHash<S extends Candidate> implements Balancer<S> {

  /** Slots, a prime: enough for a spread within 1 % at 500 servers, and built in 1 to 2 ms. */
  private static final int SMALL = 65_537;

  private static final int LARGE = 655_373;

  /** Above this many servers the large table gives each its ten slots. */
  private static final int MANY = 20_000;

  private static final double BOUND = 1.25;

  private final S[] servers;
  private final int[] weights;
  private final int[] table;
  private final double totalWeight;

  ConsistentHash(Candidates<S> candidates) {
    this.servers = candidates.servers;
    this.weights = candidates.weights;
    this.table = new int[servers.length <= MANY ? SMALL : LARGE];
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    this.totalWeight = total;
    fill(candidates.hashes);
  }

  /**
   * The servers take turns, as often as their weights say; at its turn a server takes the next free
   * slot of its own permutation of the table, which its address alone decides.
   */
  private void fill(long[] hashes) {
    int slots = table.length;
    int n = hashes.length;
    int[] position = new int[n];
    int[] step = new int[n];
    for (int i = 0; i < n; i++) {
      long hash = hashes[i];
      position[i] = (int) Long.remainderUnsigned(hash, slots);
      step[i] = 1 + (int) Long.remainderUnsigned(RandomSource.mix(hash), slots - 1);
    }
    Turns turns = Turns.of(weights, slots);
    // Most of the work is to find a free slot towards the end: these bits fit the nearest cache.
    long[] taken = new long[slots / Long.SIZE + 1];
    for (int filled = 0; filled < slots; filled++) {
      int i = turns.next();
      int at = position[i];
      while ((taken[at >> 6] & (1L << at)) != 0) {
        at = next(at, step[i]);
      }
      taken[at >> 6] |= 1L << at;
      table[at] = i;
      position[i] = next(at, step[i]);
    }
  }

  private int next(int position, int step) {
    int next = position + step;
    return next >= table.length ? next - table.length : next;
  }

  @Override
  public @Nullable S pick(Attempt<S> attempt) {
    long hash = RandomSource.mix(attempt.keyHash());
    int slot = (int) (((hash >>> 32) * table.length) >>> 32);
    double perWeight = BOUND * (attempt.callsInFlight() + 1) / totalWeight;
    S usable = null;
    for (int probe = 0; probe < 64; probe++) {
      int at = table[slot];
      S server = servers[at];
      if (attempt.mayUse(server)) {
        if (server.inFlight() + 1 <= Math.ceil(perWeight * weights[at])) {
          return server;
        }
        usable = usable == null ? server : usable;
      }
      slot = slot + 1 == table.length ? 0 : slot + 1;
    }
    return usable != null ? usable : Scan.firstUsable(servers, table[slot], attempt);
  }
}
