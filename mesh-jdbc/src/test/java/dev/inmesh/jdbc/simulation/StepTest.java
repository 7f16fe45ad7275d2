package dev.inmesh.jdbc.simulation;

import static dev.inmesh.config.StatementClass.BATCH;
import static dev.inmesh.config.StatementClass.CRITICAL;
import static dev.inmesh.config.StatementClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A disk becomes slow at 20 s and is well again at 80 s. */
final class StepTest {

  private static final List<Step> STEPS =
      List.of(
          Step.reads(1, 200),
          Step.reads(1, 50),
          Step.reads(4, 200),
          Step.reads(4, 50),
          Step.reads(10, 200),
          Step.reads(50, 200));

  private static final int NONE = 16;

  static Stream<Ran> runs() {
    return STEPS.stream()
        .flatMap(
            step ->
                IntStream.rangeClosed(1, 3)
                    .mapToObj(seed -> new Ran(step, seed, step.run(ControllerLimit::new, seed))));
  }

  record Ran(Step step, int seed, Figures figures) {
    @Override
    public String toString() {
      return step + ", seed " + seed;
    }
  }

  @ParameterizedTest
  @MethodSource("runs")
  void theLimitFollowsTheDisk(Ran ran) {
    Figures run = ran.figures;
    int start = first(run, Step.BEGINS, true);
    int settled = settled(run);
    int back = Step.ENDS;
    while (run.limit(back, NONE) < 0.95 * NONE * ran.step.clients()) {
      back++;
    }

    assertThat(IntStream.range(0, Step.BEGINS)).noneMatch(run::throttling);
    assertThat(start - Step.BEGINS).as("windows until disk and client agree").isBetween(0, 4);
    // The last client may agree a window later than the first.
    assertThat(settled - start).as("windows from then until settled").isLessThanOrEqualTo(4);
    assertThat(settled - Step.BEGINS).isLessThanOrEqualTo(10);
    assertThat(back - Step.ENDS).as("seconds until the limit is back").isLessThanOrEqualTo(15);
    assertThat(run.throttling(run.seconds - 1)).as("limited at the end").isFalse();
    assertThat(run.refused(CRITICAL, 0, run.seconds)).isZero();
    assertThat(run.longestGap(INTERACTIVE, 30, Step.ENDS)).isLessThanOrEqualTo(5);
    assertThat(run.longestGap(BATCH, 30, Step.ENDS)).isLessThanOrEqualTo(5);
  }

  @Test
  void commitsThatGoTogetherAreNotHeldBackForNothing() {
    Step step = Step.commits(4, 50);

    Figures run = step.run(ControllerLimit::new, 2);

    // Each client's 16 threads.
    assertThat(run.limit(40, NONE)).isGreaterThanOrEqualTo(0.95 * NONE * step.clients());
  }

  @Test
  void aLogThatIsOnlyABitSlowHoldsNobodyBack() {
    Figures run = Step.commits(4, 200).run(ControllerLimit::new, 2);

    assertThat(run.throttled()).isZero();
  }

  private static int first(Figures run, int from, boolean throttling) {
    int second = from;
    while (run.throttling(second) != throttling) {
      second++;
    }
    return second;
  }

  /** From when on the limit is never again more than twice what it is in the end. */
  private static int settled(Figures run) {
    double[] limits =
        IntStream.range(40, Step.ENDS - 1).mapToDouble(i -> run.limit(i, NONE)).sorted().toArray();
    double usual = limits[limits.length / 2];
    int second = Step.ENDS - 1;
    while (run.limit(second - 1, NONE) <= 2 * usual) {
      second--;
    }
    return second;
  }
}
