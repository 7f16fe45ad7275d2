package dev.inmesh.jdbc.simulation;

import static dev.inmesh.config.StatementClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A disk that changes all the time, and signals that don't come. */
final class DisturbanceTest {

  private static final int CLIENTS = 4;
  private static final Services READS = Services.busy(Statement::read, CLIENTS, 200);

  @Test
  void aDiskThatSlowsDownByAndBy() {
    Figures ours = ramp(Policy.OURS);
    Figures off = ramp(Policy.OFF);

    assertThat(ours.throughput(60, 120)).isGreaterThanOrEqualTo(0.95 * off.throughput(60, 120));
    assertThat(ours.quantileMillis(INTERACTIVE, 0.99, 90, 120))
        .isLessThan(0.2 * off.quantileMillis(INTERACTIVE, 0.99, 90, 120));
  }

  private static Figures ramp(Policy policy) {
    Run run = new Run(120, CLIENTS, policy.limits(), 1).joins(0, CLIENTS, READS);
    for (int second = 20; second <= 80; second++) {
      double perSecond = 20_000 * Math.pow(0.01, (second - 20) / 60.0);
      run.at(second, database -> database.limitedTo(perSecond));
    }
    return run.run();
  }

  @Test
  void aDiskThatIsSlowEveryOtherTenSeconds() {
    Figures ours = flapping(Policy.OURS);
    Figures off = flapping(Policy.OFF);

    assertThat(ours.throughput(20, 220)).isGreaterThanOrEqualTo(0.9 * off.throughput(20, 220));
    for (int second = 20; second < 220; second += 20) {
      // Settled, and still slow.
      assertThat(ours.quantileMillis(INTERACTIVE, 0.9, second + 5, second + 10))
          .isLessThan(0.25 * off.quantileMillis(INTERACTIVE, 0.9, second + 5, second + 10));
    }
    // Down and up once in each of the ten turns of the disk.
    assertThat(ours.turns(20, 220, 16)).isLessThanOrEqualTo(2 * 20);
  }

  private static Figures flapping(Policy policy) {
    Run run = new Run(220, CLIENTS, policy.limits(), 1).joins(0, CLIENTS, READS);
    for (int second = 20; second < 220; second += 20) {
      run.at(second, database -> database.limitedTo(200)).at(second + 10, Database::well);
    }
    return run.run();
  }

  @Test
  void probesThatDie() {
    Figures figures =
        slowFromTwenty(
            run -> {
              run.events.at(40 * Events.SECOND, now -> run.clients.forEach(c -> c.probeDead(true)));
              run.events.at(
                  60 * Events.SECOND, now -> run.clients.forEach(c -> c.probeDead(false)));
            });

    assertThat(figures.throttling(39)).isTrue();
    assertThat(IntStream.range(46, 60)).as("blind").noneMatch(figures::throttling);
    assertThat(figures.limit(70, 16)).as("seeing again").isLessThanOrEqualTo(2 * CLIENTS);
  }

  @Test
  void statisticsThatAreReset() {
    Figures figures =
        slowFromTwenty(
            run ->
                run.events.at(
                    50_500 * Events.MILLI,
                    now -> run.clients.forEach(SimulatedClient::resetStatistics)));

    assertThat(IntStream.range(40, 80))
        .allMatch(second -> figures.limit(second, 16) <= 2 * CLIENTS);
  }

  @Test
  void aFailoverToAServerThatIsWell() {
    Figures figures =
        slowFromTwenty(
            run ->
                run.events.at(
                    50 * Events.SECOND,
                    now -> {
                      Database other = new Database(run.events, 7);
                      run.clients.forEach(
                          c -> c.moveTo(other, new ControllerLimit(new SplittableRandom(1))));
                    }));

    assertThat(figures.throttling(49)).isTrue();
    assertThat(IntStream.range(51, 80)).noneMatch(figures::throttling);
  }

  /** Strangers, who hold nobody back, keep the disk slow; ours ask for little. */
  @Test
  void strangersWhoKeepTheDiskSlow() {
    Run run =
        new Run(140, 2, Policy.OURS.limits(), 1)
            .joins(0, 1, new Services(Statement::read, 2, 20, 2, 0.5))
            .strangers(0, new Services(Statement::read, 64, 1, 0, 0));
    run.at(20, database -> database.limitedTo(200));

    Figures figures = run.run();

    assertThat(figures.throttled()).isPositive();
    assertThat(figures.changes).as("changes of the limit").hasSizeLessThan(20);
  }

  private static Figures slowFromTwenty(Consumer<Run> disturbance) {
    Run run =
        new Run(80, CLIENTS, Policy.OURS.limits(), 1)
            .joins(0, CLIENTS, READS)
            .at(20, database -> database.limitedTo(200));
    disturbance.accept(run);
    return run.run();
  }
}
