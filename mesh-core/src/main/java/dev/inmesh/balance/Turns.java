package dev.inmesh.balance;

/**
 * Whose turn it is while a hash table is filled: in each round a server's weight is added to what
 * it is due, and when that reaches the greatest weight of all, it takes a turn. The rounds of all
 * turns are found ahead and sorted, since with one great weight nearly all rounds are nearly empty.
 */
final class Turns {

  private final int[] order;
  private int at;

  private Turns(int[] order) {
    this.order = order;
  }

  /** So many turns, at least. */
  static Turns of(int[] weights, int turns) {
    int most = 0;
    int least = Integer.MAX_VALUE;
    for (int weight : weights) {
      most = Math.max(most, weight);
      least = Math.min(least, weight);
    }
    return new Turns(most == least ? inTurn(weights.length) : byWeight(weights, most, turns));
  }

  int next() {
    int turn = order[at];
    at = at + 1 == order.length ? 0 : at + 1;
    return turn;
  }

  private static int[] inTurn(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    return order;
  }

  private static int[] byWeight(int[] weights, int most, int turns) {
    int rounds = rounds(weights, most, turns);
    // A counting sort by round; servers come in the order of the list, and so stay in it.
    int[] end = new int[rounds + 2];
    for (int weight : weights) {
      for (long j = turns(weight, most, rounds); j > 0; j--) {
        end[round(j, weight, most) + 1]++;
      }
    }
    for (int round = 1; round < end.length; round++) {
      end[round] += end[round - 1];
    }
    int[] order = new int[end[rounds + 1]];
    for (int i = 0; i < weights.length; i++) {
      for (long j = turns(weights[i], most, rounds); j > 0; j--) {
        order[end[round(j, weights[i], most)]++] = i;
      }
    }
    return order;
  }

  /** The round in which a server takes its j-th turn. */
  private static int round(long j, int weight, int most) {
    return (int) ((j * most + weight - 1) / weight);
  }

  /** How many turns a server has in so many rounds. */
  private static long turns(int weight, int most, int rounds) {
    return (long) rounds * weight / most;
  }

  /** The first round at whose end there were so many turns. */
  private static int rounds(int[] weights, int most, int turns) {
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    // As many as it would be if turns came in fractions, and those that whole ones come later.
    int low = (int) Math.max(1, (long) turns * most / total);
    int high = (int) Math.min(turns, ((long) turns + weights.length) * most / total + 1);
    while (low < high) {
      int middle = (low + high) >>> 1;
      long sum = 0;
      for (int weight : weights) {
        sum += turns(weight, most, middle);
      }
      if (sum >= turns) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
