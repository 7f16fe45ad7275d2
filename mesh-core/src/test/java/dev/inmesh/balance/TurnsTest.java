package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TurnsTest {

  @Test
  void theTurnsAreThoseOfTheRoundsPlayedOneByOne() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      int[] weights =
          random.ints(1 + random.nextInt(30), 1, 2 + (1 << random.nextInt(16))).toArray();
      if (round % 5 == 0) {
        Arrays.fill(weights, weights[0]);
      }
      int count = 1 + random.nextInt(2_000);

      Turns turns = Turns.of(weights, count);

      List<Integer> taken = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        taken.add(turns.next());
      }
      assertThat(taken).as("round %d", round).isEqualTo(played(weights, count));
    }
  }

  private static List<Integer> played(int[] weights, int count) {
    int most = Arrays.stream(weights).max().getAsInt();
    long[] due = new long[weights.length];
    List<Integer> taken = new ArrayList<>();
    while (taken.size() < count) {
      for (int i = 0; i < weights.length && taken.size() < count; i++) {
        due[i] += weights[i];
        if (due[i] >= most) {
          due[i] -= most;
          taken.add(i);
        }
      }
    }
    return taken;
  }
}
