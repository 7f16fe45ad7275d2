package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BaselineTest {

  private static final long SECOND = 1_000_000_000L;

  private final Baseline baseline = new Baseline(600, 4);

  @Test
  void isUnknownUntilThereAreEnoughWindows() {
    for (int i = 0; i < 3; i++) {
      baseline.add(2, i * SECOND);
    }
    assertThat(baseline.value(3 * SECOND)).isEmpty();

    baseline.add(2, 3 * SECOND);

    assertThat(baseline.value(3 * SECOND)).hasValue(2);
  }

  @Test
  void isAQuarterOfTheWayUp() {
    for (int i = 100; i > 0; i--) {
      baseline.add(i, 0);
    }

    assertThat(baseline.value(SECOND)).hasValue(25);
  }

  @Test
  void badWindowsDontCountUntilTheyAreThreeQuarters() {
    for (int i = 0; i < 100; i++) {
      baseline.add(i % 10 < 3 ? 1 : 500, i * SECOND);
    }

    assertThat(baseline.value(100 * SECOND)).hasValue(1);
  }

  @Test
  void whatIsOlderThanTenMinutesIsForgotten() {
    for (int i = 0; i < 4; i++) {
      baseline.add(1, 0);
      baseline.add(9, 60 * SECOND);
    }

    assertThat(baseline.value(600 * SECOND)).hasValue(1);
    assertThat(baseline.value(601 * SECOND)).hasValue(9);
    assertThat(baseline.value(661 * SECOND)).isEmpty();
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int i = 0; i < 600; i++) {
      baseline.add(1, 0);
    }
    for (int i = 0; i < 600; i++) {
      baseline.add(2, SECOND);
    }

    assertThat(baseline.value(SECOND)).hasValue(2);
  }

  @Test
  void clocksMayBeNegativeAndRunOver() {
    long start = Long.MAX_VALUE - SECOND;
    for (int i = 0; i < 4; i++) {
      baseline.add(3, start + i * SECOND);
    }

    assertThat(baseline.value(start + 4 * SECOND)).hasValue(3);
  }
}
