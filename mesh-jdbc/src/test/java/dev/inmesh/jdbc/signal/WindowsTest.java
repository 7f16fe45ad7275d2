package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from counters that only grow. */
final class WindowsTest {

  private final List<String> notices = new ArrayList<>();
  private final Windows windows = new Windows(notices::add);
  private long nanos;

  private List<Measure> next(double operations, double millis) {
    return next("db1", "", new Pair(DiskOperation.READ, "reads", operations, millis));
  }

  private List<Measure> next(String server, String reset, Pair... pairs) {
    nanos += TimeUnit.SECONDS.toNanos(1);
    return windows.next(new Counters(server, reset, List.of(pairs)), nanos);
  }

  @Test
  void timeThatWasAddedIsDividedByOperationsThatWere() {
    next(1000, 7000);

    List<Measure> measures = next(1100, 7550);

    assertThat(measures).containsExactly(new Measure(DiskOperation.READ, 5.5, 100));
  }

  @Test
  void theFirstLookSaysNothing() {
    assertThat(next(1000, 7000)).isEmpty();
  }

  @Test
  void fewOperationsAreCarriedOver() {
    next(0, 0);

    assertThat(next(8, 8)).isEmpty();
    assertThat(next(16, 32)).isEmpty();
    assertThat(next(24, 72)).containsExactly(new Measure(DiskOperation.READ, 3, 8));
    assertThat(next(25, 73)).isEmpty();
  }

  /** The slower a disk is, the less it gets done: that must not hide it. */
  @Test
  void fewOperationsThatTookLongAreNoNoise() {
    next(0, 0);

    assertThat(next(1, 199)).isEmpty();
    assertThat(next(5, 1000)).containsExactly(new Measure(DiskOperation.READ, 200, 2.5));
    assertThat(next(5, 1300)).isEmpty();
  }

  @Test
  void whatIsOlderThanFiveWindowsIsForgotten() {
    next(0, 0);
    for (int i = 1; i <= 10; i++) {
      assertThat(next(3 * i, 9 * i)).isEmpty();
    }

    // Five windows ago there were 18.
    assertThat(next(40, 274)).containsExactly(new Measure(DiskOperation.READ, 10, 4.4));
  }

  @Test
  void operationsThatTookNoTimeAreNotTimed() {
    next(0, 0);

    assertThat(next(1000, 0)).isEmpty();
  }

  @Test
  void whatIsCountedCoarselyTookHalfOfItsUnitAtLeast() {
    next("db1", "", new Pair(DiskOperation.READ, "reads", 0, 0, 0.5));

    List<Measure> measures = next("db1", "", new Pair(DiskOperation.READ, "reads", 100, 0, 0.5));

    assertThat(measures).containsExactly(new Measure(DiskOperation.READ, 0.005, 100));
  }

  @Test
  void countersThatWentBackBeginAnew() {
    next(1000, 7000);

    assertThat(next(30, 8000)).isEmpty();
    assertThat(next(60, 8060)).containsExactly(new Measure(DiskOperation.READ, 2, 30));
    assertThat(next(90, 10)).isEmpty();
    assertThat(notices)
        .containsExactly(
            "its counter of reads went back: counted anew",
            "its counter of reads went back: counted anew");
  }

  @Test
  void anotherServerOrAResetBeginsAnew() {
    Pair first = new Pair(DiskOperation.READ, "reads", 100, 100);
    Pair second = new Pair(DiskOperation.READ, "reads", 200, 100_000);
    next("db1", "monday", first);

    assertThat(next("db1", "tuesday", second)).isEmpty();
    assertThat(next("db2", "tuesday", new Pair(DiskOperation.READ, "reads", 300, 200_000)))
        .isEmpty();
    assertThat(notices)
        .containsExactly(
            "its statistics were reset: counted anew",
            "the server was restarted, or is another one: counted anew");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1})
  void whatIsNoNumberIsNotCounted(double millis) {
    next(0, 0);

    assertThat(next(1000, millis)).isEmpty();
    assertThat(notices).isEmpty();
  }

  @Test
  void theSlowestOfOneOperationHolds() {
    next(
        "db1",
        "",
        new Pair(DiskOperation.FSYNC, "log", 0, 0),
        new Pair(DiskOperation.FSYNC, "binlog", 0, 0));

    List<Measure> measures =
        next(
            "db1",
            "",
            new Pair(DiskOperation.FSYNC, "log", 50, 500),
            new Pair(DiskOperation.FSYNC, "binlog", 100, 100));

    assertThat(measures).containsExactly(new Measure(DiskOperation.FSYNC, 10, 50));
  }

  @Test
  void aClockThatStandsStillSaysNothingOfHowMany() {
    windows.next(new Counters("db1", "", List.of(new Pair(DiskOperation.READ, "reads", 0, 0))), 5);

    List<Measure> measures =
        windows.next(
            new Counters("db1", "", List.of(new Pair(DiskOperation.READ, "reads", 100, 200))), 5);

    assertThat(measures).containsExactly(new Measure(DiskOperation.READ, 2, 0));
  }
}
