package dev.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SampleTest {

  @Test
  void aSampleIsOfDistinctServersAndEachIsInItAsOften() {
    Random random = new Random(11);
    for (int servers : new int[] {17, 23, 24, 100, 1_001}) {
      int[] seen = new int[servers];
      int samples = 400 * servers;
      for (int i = 0; i < samples; i++) {
        Set<Integer> sample = new HashSet<>();
        long bits = random.nextLong();
        for (int block = 0; block < Sample.SIZE; block++) {
          bits = Sample.next(bits);
          sample.add(Sample.index(block, servers, bits));
        }
        assertThat(sample).as("n=%d", servers).hasSize(Sample.SIZE);
        sample.forEach(at -> seen[at]++);
      }

      // Blocks are of one width or of one more.
      int width = servers / Sample.SIZE;
      for (int times : seen) {
        assertThat(times / (double) samples)
            .as("n=%d", servers)
            .isBetween(0.8 / (width + 1), 1.2 / width);
      }
    }
  }

  @Test
  void theDrawsOfASampleHaveNothingToDoWithEachOther() {
    Random random = new Random(12);
    int[] odds = new int[Sample.SIZE + 1];
    int samples = 256 * 1_000;
    for (int i = 0; i < samples; i++) {
      long bits = random.nextLong();
      int odd = 0;
      for (int block = 0; block < Sample.SIZE; block++) {
        bits = Sample.next(bits);
        odd += Sample.index(block, 800, bits) & 1;
      }
      odds[odd]++;
    }

    // Binomial: 1, 8, 28, 56, 70, 56, 28, 8, 1 of 256.
    assertThat(odds[0]).isBetween(880, 1_120);
    assertThat(odds[1]).isBetween(7_700, 8_300);
    assertThat(odds[4]).isBetween(69_000, 71_000);
    assertThat(odds[8]).isBetween(880, 1_120);
  }
}
