package dev.inmesh.jdbc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that know nothing of each other. */
final class FairnessTest {

  private static final int CLIENTS = 50;
  private static final int LAST_JOINS = 30;

  /** Half of them are there when the disk becomes slow; the others join, one after the other. */
  @ParameterizedTest
  @CsvSource({"200, 1", "200, 2", "5000, 1", "5000, 2", "10000, 1", "10000, 2"})
  void sharesAreEqualWithinThirtySecondsOfTheLastJoin(int perSecond, long seed) {
    Run run =
        new Run(LAST_JOINS + 40, CLIENTS, ControllerLimit::new, seed)
            .at(2, database -> database.limitedTo(perSecond));
    for (int i = 0; i < CLIENTS; i++) {
      double second = i < CLIENTS / 2 ? 0 : LAST_JOINS * (2.0 * i / CLIENTS - 1);
      run.joins(second, 1, new Services(Statement::read, 4 + 20 * (i % 4), 20, 0, 0));
    }

    Figures figures = run.run();

    assertThat(figures.fairness(LAST_JOINS + 20, LAST_JOINS + 30)).isGreaterThanOrEqualTo(0.95);
    assertThat(figures.fairness(LAST_JOINS + 30, LAST_JOINS + 40)).isGreaterThanOrEqualTo(0.95);
    assertThat(figures.throughput(LAST_JOINS + 20, LAST_JOINS + 40))
        .isGreaterThanOrEqualTo(0.95 * perSecond / 2);
  }
}
