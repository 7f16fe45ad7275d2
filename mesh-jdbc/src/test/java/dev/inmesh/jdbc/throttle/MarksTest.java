package dev.inmesh.jdbc.throttle;

import static dev.inmesh.jdbc.signal.DiskOperation.FSYNC;
import static dev.inmesh.jdbc.signal.DiskOperation.PRESSURE;
import static dev.inmesh.jdbc.signal.DiskOperation.READ;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.signal.DiskOperation;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MarksTest {

  @ParameterizedTest
  @CsvSource({
    // What is usual on a fast disk doesn't count.
    "READ, 0.2, 5, 20",
    "FSYNC, 0.6, 10, 40",
    "PRESSURE, 10, 40, 80",
    // On a slow one it does.
    "READ, 8, 16, 40",
    "FSYNC, 12, 24, 60",
    "PRESSURE, 30, 60, 150",
    // But nothing is usual that no disk takes when it is well.
    "READ, 300, 20, 50",
    "FSYNC, 300, 40, 100",
    "PRESSURE, 100, 100, 250"
  })
  void areMultiplesOfTheBaseline(
      DiskOperation operation, double baseline, double soft, double hard) {
    Marks marks = Marks.of(operation, OptionalDouble.of(baseline));

    assertThat(marks.soft()).isEqualTo(soft);
    assertThat(marks.hard()).isEqualTo(hard);
    assertThat(marks.score(soft)).isZero();
    assertThat(marks.score(hard)).isEqualTo(1);
    assertThat(marks.leave()).isEqualTo(0.7 * soft);
  }

  @Test
  void withoutABaselineAreTheLeastOnes() {
    for (DiskOperation operation : new DiskOperation[] {READ, FSYNC, PRESSURE}) {
      Marks unknown = Marks.of(operation, OptionalDouble.empty());
      Marks fast = Marks.of(operation, OptionalDouble.of(0));

      assertThat(unknown.soft()).isEqualTo(fast.soft());
      assertThat(unknown.hard()).isEqualTo(fast.hard());
    }
  }
}
