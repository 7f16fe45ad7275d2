package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LatencyWindowTest {

  private static final long SECOND = 1_000_000_000;
  private long now = Long.MAX_VALUE - 5 * SECOND; // The clock will wrap.
  private final LatencyWindow window = new LatencyWindow(now);

  @Test
  void fewSamplesSayNothing() {
    add(19, SECOND / 5);
    assertThat(window.sorted(now)).isEmpty();

    add(1, SECOND / 5);

    assertThat(window.sorted(now)).hasSize(20).isSorted();
  }

  @Test
  void whatIsOlderThanTenSecondsIsLeftOut() {
    add(50, SECOND / 5);
    now += 5 * SECOND;
    assertThat(window.sorted(now)).hasSizeBetween(20, 26);

    now += 2 * SECOND;

    assertThat(window.sorted(now)).isEmpty();
  }

  @Test
  void samplesInQuickSuccessionDoNotPushOutTheRest() {
    add(30, SECOND / 5);
    add(100_000, 1_000);

    assertThat(window.sorted(now)).contains(1, 2, 3);
  }

  @Test
  void samplesAtAHighRateReachOverTheWholeSpan() {
    add(1_000_000, 10_000);

    long[] sorted = window.sorted(now);

    assertThat(sorted).hasSizeBetween(62, 64);
    assertThat(sorted[0]).isLessThan(100_000);
    assertThat(sorted[sorted.length - 1]).isGreaterThan(900_000);
  }

  @Test
  void clearingForgetsThem() {
    add(30, SECOND / 5);

    window.clear();

    assertThat(window.sorted(now)).isEmpty();
    add(20, SECOND / 5);
    assertThat(window.sorted(now)).hasSize(20).startsWith(1, 2, 3).endsWith(19, 20);
  }

  /** Samples 1, 2, 3, ..., so far apart. */
  private void add(int samples, long apart) {
    for (int i = 1; i <= samples; i++) {
      window.add(i, now);
      now += apart;
    }
  }
}
