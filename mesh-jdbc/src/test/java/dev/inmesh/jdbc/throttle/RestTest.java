package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import org.junit.jupiter.api.Test;

final class RestTest {

  private static final double SLOW = 5;

  private final Rest rest = new Rest();
  private long now;

  @Test
  void aQueueIsFasterWithFewer() {
    // 200 a second, however many wait.
    for (int queue = 64; queue >= 1; queue /= 2) {
      windows(2, queue, 5.0 * queue);
    }

    assertThat(rest.value()).isZero();
  }

  @Test
  void aDiskOfManySlowPartsIsNot() {
    windows(2, 16, 80);
    windows(2, 8, 40);
    assertThat(rest.value()).isZero();
    windows(3, 4, 40);

    assertThat(rest.value()).isEqualTo(40);
  }

  @Test
  void aLogIsNot() {
    commits(2, 16);
    commits(2, 8);

    assertThat(rest.value()).isEqualTo(49);
  }

  @Test
  void whereOthersFillTheDiskOurOwnNumberShowsNothing() {
    for (int ours = 64; ours >= 1; ours /= 2) {
      window(new Measure(DiskOperation.FSYNC, 200, 200), ours);
      window(new Measure(DiskOperation.FSYNC, 200, 200), ours);
    }

    assertThat(rest.value()).isZero();
  }

  @Test
  void withoutANumberNothingIsShown() {
    for (int ours = 64; ours >= 1; ours /= 2) {
      window(new Measure(DiskOperation.FSYNC, 40), ours);
      window(new Measure(DiskOperation.FSYNC, 40), ours);
    }

    assertThat(rest.value()).isZero();
  }

  @Test
  void aDiskThatIsWellIsForgotten() {
    commits(2, 16);
    commits(2, 8);

    window(new Measure(DiskOperation.FSYNC, 2, 20), 8);
    commits(5, 8);
    assertThat(rest.value()).isEqualTo(2);
    commits(2, 4);

    assertThat(rest.value()).as("found out anew").isEqualTo(49);
  }

  @Test
  void whatWasAChanceIsTakenBackAndNotBelievedForAMinute() {
    // While there are fewer and fewer, the disk becomes slower and slower.
    windows(3, 16, 40);
    windows(3, 8, 40);
    assertThat(rest.value()).isEqualTo(40);

    windows(2, 16, 80);
    assertThat(rest.value()).isZero();

    windows(2, 8, 80);
    windows(3, 4, 80);
    assertThat(rest.value()).as("again").isZero();
    windows(60, 8, 80);
    windows(3, 4, 80);
    assertThat(rest.value()).as("a minute later").isEqualTo(80);
  }

  @Test
  void isFoundOutAnewAfterTwoMinutes() {
    commits(2, 16);
    commits(2, 8);
    commits(119, 16);
    assertThat(rest.value()).isEqualTo(49);

    commits(1, 16);

    assertThat(rest.value()).isZero();
  }

  /** So many at a time, each of which takes so long. */
  private void windows(int count, double queue, double millis) {
    for (int i = 0; i < count; i++) {
      window(new Measure(DiskOperation.FSYNC, millis, 1000 * queue / millis), (int) queue);
    }
  }

  private void commits(int count, int ours) {
    for (int i = 0; i < count; i++) {
      window(new Measure(DiskOperation.FSYNC, 49, 20), ours);
    }
  }

  private void window(Measure measure, int ours) {
    now += 1_000_000_000L;
    rest.window(measure, ours, SLOW, now);
  }
}
