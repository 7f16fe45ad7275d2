package dev.inmesh.jdbc.simulation;

import static dev.inmesh.config.StatementClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody is held back for what isn't the disk, or isn't felt. */
final class NotTheDiskTest {

  private static final Services READS = new Services(Statement::read, 16, 50, 5, 1);

  /** Half as fast, half as fast again, and twenty times a minute not at all for up to 50 ms. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void anHourOfNoise(long seed) {
    Run run = new Run(3600, 1, ControllerLimit::new, seed).joins(0, 1, READS);
    SplittableRandom noise = new SplittableRandom(seed);
    for (int second = 0; second < 3600; second++) {
      double perSecond = 40_000 * (0.5 + noise.nextDouble());
      run.at(second, database -> database.disk.capacity(perSecond, 8));
      if (noise.nextInt(3) == 0) {
        double at = second + 0.9 * noise.nextDouble();
        run.at(at, database -> database.disk.capacity(200, 1));
        run.at(at + 0.05 * noise.nextDouble(), database -> database.disk.capacity(perSecond, 8));
      }
    }

    Figures figures = run.run();

    assertThat(figures.quantileMillis(INTERACTIVE, 0.999, 0, 3600)).as("noise").isGreaterThan(20);
    assertThat(figures.throttled()).isZero();
  }

  @Test
  void processorsThatAreBusy() {
    Figures figures =
        new Run(120, 4, ControllerLimit::new, 1)
            .joins(0, 4, READS)
            .at(40, database -> database.processors.set(1, 10))
            .at(100, database -> database.processors.set(16, 0.1))
            .run();

    assertThat(figures.quantileMillis(INTERACTIVE, 0.5, 50, 100)).isGreaterThan(300);
    assertThat(figures.throttled()).isZero();
  }

  @Test
  void aLockThatAllWaitFor() {
    Figures figures =
        new Run(120, 4, ControllerLimit::new, 1)
            .joins(0, 4, new Services(Statement::locking, 16, 50, 5, 1))
            .at(40, database -> database.lock.set(1, 20))
            .at(100, database -> database.lock.set(1, 0.01))
            .run();

    assertThat(figures.quantileMillis(INTERACTIVE, 0.5, 50, 100)).isGreaterThan(300);
    assertThat(figures.throttled()).isZero();
  }

  @Test
  void aDiskThatIsSlowForOthers() {
    Figures figures =
        new Run(120, 4, ControllerLimit::new, 1)
            .joins(0, 1, new Services(Statement::cached, 16, 50, 5, 1))
            .joins(0, 3, READS)
            .at(40, database -> database.limitedTo(200))
            .run();

    assertThat(figures.throttled(0)).as("reads nothing").isZero();
    assertThat(figures.throttled(1)).as("reads").isPositive();
  }
}
