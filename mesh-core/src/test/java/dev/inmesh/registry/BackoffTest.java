package dev.inmesh.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BackoffTest {

  private static final long MILLI = 1_000_000;

  @Test
  void doublesUpToTheCapAndStartsAnewAfterAnAnswer() {
    Backoff backoff = new Backoff(() -> 1);

    assertThat(backoff.nextNanos()).isEqualTo(100 * MILLI);
    assertThat(backoff.nextNanos()).isEqualTo(200 * MILLI);
    for (int i = 0; i < 10; i++) {
      assertThat(backoff.nextNanos()).isLessThanOrEqualTo(Backoff.LONGEST_NANOS);
    }
    assertThat(backoff.nextNanos()).isEqualTo(Backoff.LONGEST_NANOS);

    backoff.reset();
    assertThat(backoff.nextNanos()).isEqualTo(100 * MILLI);
  }

  @Test
  void halfOfItIsByChance() {
    assertThat(new Backoff(() -> 0).nextNanos()).isEqualTo(50 * MILLI);
  }
}
