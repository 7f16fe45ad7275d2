package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ControllerTest {

  private static final long SECOND = 1_000_000_000L;
  private static final Measure WELL = new Measure(DiskOperation.READ, 0.2);
  private static final Measure SLOW = new Measure(DiskOperation.READ, 40);

  private final Controller controller = controller(OptionalInt.empty());
  private long now;
  private Optional<Change> last = Optional.empty();

  @Test
  void noLimitWhileTheDiskIsWell() {
    IntStream.range(0, 1000).forEach(i -> window(64, 200, WELL));

    assertThat(controller.throttling()).isFalse();
    assertThat(controller.limit()).isEmpty();
  }

  @Test
  void twoWindowsOfThreeStartIt() {
    healthy();

    window(64, 200, SLOW);
    assertThat(controller.throttling()).isFalse();
    window(64, 2, WELL);
    assertThat(controller.throttling()).isFalse();
    window(64, 200, SLOW);

    assertThat(controller.throttling()).isTrue();
  }

  @Test
  void windowsWithoutAMeasureDontCount() {
    healthy();

    window(64, 200, SLOW);
    window(64, 200);
    window(64, 200);
    window(64, 200);
    assertThat(controller.throttling()).isFalse();
    window(64, 200, SLOW);

    assertThat(controller.throttling()).isTrue();
  }

  @Test
  void butNotForLongerThanFiveSeconds() {
    healthy();

    for (int i = 0; i < 60; i++) {
      window(64, 200, i % 6 == 0 ? new Measure[] {SLOW} : new Measure[0]);
    }

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void oneWindowOfThreeDoesnt() {
    healthy();

    for (int i = 0; i < 300; i++) {
      window(64, i % 3 == 0 ? 200 : 2, i % 3 == 0 ? SLOW : WELL);
    }

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void aSlowDiskThatNobodyHereFeelsDoesnt() {
    healthy();

    IntStream.range(0, 100).forEach(i -> window(64, 2, SLOW));

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void slowStatementsOnADiskThatIsWellDont() {
    healthy();

    IntStream.range(0, 100).forEach(i -> window(64, 500, WELL));

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void startsFromTheHighestNumberInFlightLately() {
    healthy();

    window(3, 200, SLOW);
    window(3, 200, SLOW);

    // A quarter of 64, and two: Little's law.
    assertThat(last.orElseThrow().before()).isEmpty();
    assertThat(controller.limit().orElseThrow()).isBetween(16, 30);
  }

  @Test
  void maxPermitsCapIt() {
    Controller capped = controller(OptionalInt.of(8));
    for (int i = 0; i < 4; i++) {
      capped.window(observation(64, 50, true, new Measure(DiskOperation.READ, 6)), now += SECOND);
      assertThat(capped.limit().orElse(0)).isLessThanOrEqualTo(8);
    }

    assertThat(capped.throttling()).isTrue();
  }

  @Test
  void neverGoesBelowTheFloor() {
    throttled();

    IntStream.range(0, 100).forEach(i -> window(3, 900, new Measure(DiskOperation.READ, 5000)));

    assertThat(controller.limit()).hasValue(1);
  }

  @Test
  void saysItsProof() {
    IntStream.range(0, 100)
        .forEach(i -> window(14, 3, new Measure(DiskOperation.FSYNC, 1.9), WELL));

    window(14, 200, new Measure(DiskOperation.FSYNC, 41.2), WELL);
    window(14, 200, new Measure(DiskOperation.FSYNC, 41.2), WELL);
    int first = controller.limit().orElseThrow();
    window(first, 200, new Measure(DiskOperation.FSYNC, 25), WELL);

    assertThat(last)
        .hasToString(
            "Optional[fsync 25ms > 10ms (baseline 1.9ms), limit %d -> %d]"
                .formatted(first, controller.limit().orElseThrow()));
  }

  @Test
  void isBackToSixtyFourWithinTenWindows() {
    throttled();
    IntStream.range(0, 30).forEach(i -> window(3, 900, new Measure(DiskOperation.READ, 5000)));
    assertThat(controller.limit()).hasValue(1);

    for (int i = 0; i < 10; i++) {
      int limit = controller.limit().orElse(64);
      window(Math.min(64, limit), limit < 64, 2, WELL);
    }

    assertThat(controller.limit().orElse(64)).isGreaterThanOrEqualTo(64);
  }

  @Test
  void endsWhenTheDiskIsWellAndNobodyWaits() {
    throttled();

    for (int i = 0; i < 4; i++) {
      window(1, false, 2, WELL);
    }

    assertThat(controller.throttling()).isFalse();
    assertThat(last.orElseThrow().after()).isEmpty();
    assertThat(last.orElseThrow().toString()).startsWith("read 0.20ms <= 5ms (baseline 0.20ms)");
  }

  @Test
  void doesNotEndWhileTheLimitIsWhatKeepsTheDiskWell() {
    throttled();

    for (int i = 0; i < 200; i++) {
      // 0.4 ms for each that is in flight: 64 of them would take 26 ms.
      int limit = controller.limit().orElseThrow();
      window(limit, true, 5, new Measure(DiskOperation.READ, 0.4 * limit));
    }

    assertThat(controller.limit().orElseThrow()).isBetween(10, 16);
  }

  @Test
  void withoutAnySignalThereIsNoLimitAfterFiveSeconds() {
    throttled();
    OptionalInt before = controller.limit();

    IntStream.range(0, 4).forEach(i -> window(8, true, 200));
    assertThat(controller.limit()).isEqualTo(before);
    window(8, true, 200);

    assertThat(controller.throttling()).isFalse();
    assertThat(last.orElseThrow().toString()).startsWith("no disk signal, limit ");
  }

  @Test
  void whereNothingRunsNothingCanBeMeasured() {
    throttled();

    IntStream.range(0, 50).forEach(i -> window(0, false, 0));
    assertThat(controller.throttling()).isTrue();
    IntStream.range(0, 10).forEach(i -> window(0, false, 0));

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void anOperationThatIsAbsentIsNotWell() {
    healthy();
    Measure flush = new Measure(DiskOperation.FSYNC, 100);
    IntStream.range(0, 4).forEach(i -> window(64, 200, WELL, flush));
    int before = controller.limit().orElseThrow();

    IntStream.range(0, 4).forEach(i -> window(64, 200, WELL));

    assertThat(controller.limit()).hasValue(before);
  }

  @Test
  void theBaselineIsFrozenWhileThereIsALimit() {
    throttled();

    IntStream.range(0, 500).forEach(i -> window(8, 200, SLOW));

    window(8, 200, new Measure(DiskOperation.READ, 3000));
    IntStream.range(0, 10).forEach(i -> window(8, true, 2, WELL));
    assertThat(last.orElseThrow().proof().orElseThrow().baseline()).hasValue(0.2);
  }

  @Test
  void twoWindowsOfThreeDontStartItInAThirdThatIsWell() {
    healthy();

    for (int i = 0; i < 300; i++) {
      // Two slow windows of which only the second is felt, then one that is felt and not slow.
      Measure measure = i % 3 == 2 ? WELL : SLOW;
      window(64, i % 3 == 0 ? 2 : 200, measure);
    }

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void statementsOfWhichNoneEndsAreFeltToo() {
    healthy();

    IntStream.range(0, 3)
        .forEach(
            i ->
                controller.window(
                    new Observation(List.of(SLOW), ClientWindow.EMPTY, 16, 0, false, true),
                    now += SECOND));

    assertThat(controller.throttling()).isTrue();
  }

  @Test
  void operationsThatTakeABitLongButDontQueueHoldNobodyBack() {
    healthy();

    IntStream.range(0, 50)
        .forEach(i -> window(64, 200, new Measure(DiskOperation.FSYNC, 14, 70), WELL));

    assertThat(controller.throttling()).isFalse();
  }

  @Test
  void aLogThatIsNoFasterWithFewerCommitsGetsThemBack() {
    healthy();

    // 49 ms a flush, one at a time, whoever commits.
    for (int i = 0; i < 20; i++) {
      window(
          controller.limit().orElse(64),
          i < 15,
          200,
          new Measure(DiskOperation.FSYNC, 49, 20),
          WELL);
    }

    assertThat(controller.limit().orElse(64)).isGreaterThanOrEqualTo(64);
    assertThat(last.orElseThrow().toString()).contains("no faster with fewer");
  }

  @Test
  void whereItIsOnlyObservedNothingIsConcludedFromWhatTheLimitDidNotDo() {
    healthy();

    for (int i = 0; i < 30; i++) {
      Observation seen =
          observation(
              controller.limit().orElse(64), 200, true, new Measure(DiskOperation.FSYNC, 49, 20));
      now += SECOND;
      controller.window(
          new Observation(
              seen.measures(),
              seen.client(),
              seen.highestInFlight(),
              seen.completed(),
              true,
              false),
          now);
    }

    assertThat(controller.limit()).hasValue(1);
  }

  @Test
  void aProcessThatStartsOnASlowDiskThrottles() {
    IntStream.range(0, 3).forEach(i -> window(16, 200, SLOW));

    assertThat(controller.throttling()).isTrue();
  }

  @Test
  void differentLimitsOnOneDiskConverge() {
    List<Controller> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(controller(OptionalInt.empty()));
    }
    double read = 400;
    for (int second = 0; second < 30; second++) {
      now += SECOND;
      int sum = 0;
      for (int i = 0; i < all.size(); i++) {
        // Their threads differ as their first limits do: 4 to 85.
        int most = 4 + i * 9;
        int inFlight = Math.min(second < 3 ? most : 100, all.get(i).limit().orElse(100));
        all.get(i)
            .window(observation(inFlight, 400, true, new Measure(DiskOperation.READ, read)), now);
        sum += all.get(i).limit().orElse(100);
      }
      // 20 in flight take 5 ms.
      read = sum / 4.0;
    }

    int[] limits = all.stream().mapToInt(c -> c.limit().orElseThrow()).toArray();
    double sum = IntStream.of(limits).sum();
    double squares = IntStream.of(limits).mapToDouble(limit -> (double) limit * limit).sum();
    assertThat(sum * sum / (limits.length * squares)).isGreaterThanOrEqualTo(0.95);
  }

  private void healthy() {
    IntStream.range(0, 100).forEach(i -> window(64, 2, WELL));
  }

  private void throttled() {
    healthy();
    IntStream.range(0, 3).forEach(i -> window(64, 200, SLOW));
    assertThat(controller.throttling()).isTrue();
  }

  private void window(int inFlight, double statementMillis, Measure... measures) {
    window(inFlight, true, statementMillis, measures);
  }

  private void window(int inFlight, boolean heldBack, double statementMillis, Measure... measures) {
    now += SECOND;
    controller
        .window(observation(inFlight, statementMillis, heldBack, measures), now)
        .ifPresent(change -> last = Optional.of(change));
  }

  private static Observation observation(
      int inFlight, double statementMillis, boolean heldBack, Measure... measures) {
    long count = inFlight == 0 ? 0 : 100;
    TextTime text = new TextTime("select", count, Math.round(count * statementMillis * 1e6));
    return new Observation(
        List.of(measures),
        new ClientWindow(List.of(text), 0, 0, OptionalLong.empty()),
        inFlight,
        count,
        heldBack,
        true);
  }

  private static Controller controller(OptionalInt maxPermits) {
    return new Controller(1, maxPermits, new SplittableRandom(1));
  }
}
