package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every scenario with every policy, once: what must hold whatever the seed, and the report. */
final class ScenariosTest {

  private static Matrix matrix;

  @BeforeAll
  static void runEverythingOnce() throws Exception {
    matrix = Matrix.run(Scenarios.all(), 1);
  }

  @Test
  void everyCallEndsAndEveryLeaseIsGivenBack() {
    check(
        (softly, run, name, scenario) -> {
          softly.assertThat(run.calls()).as(name).isPositive();
          softly.assertThat(run.leaks()).as(name).isZero();
        });
  }

  @Test
  void noAttemptGoesToAServerThatIsDrainedOrNotListed() {
    check((softly, run, name, scenario) -> softly.assertThat(run.forbidden()).as(name).isZero());
  }

  @Test
  void oneServerIsAlwaysLeft() {
    check(
        (softly, run, name, scenario) -> softly.assertThat(run.fewestLeft()).as(name).isPositive());
  }

  @Test
  void successKeepsItsBounds() {
    check(
        (softly, run, name, scenario) ->
            softly
                .assertThat(run.successPercent())
                .as(name)
                .isGreaterThanOrEqualTo(scenario.leastSuccess()));
  }

  /**
   * A lucky run may beat it by a little: it doesn't know what a single request will cost. It admits
   * everything, so it says nothing of runs that refuse calls lest the others be late.
   */
  @Test
  void noBalancerBeatsTheOracle() {
    SoftAssertions softly = new SoftAssertions();
    matrix
        .figures()
        .forEach(
            (scenario, byPolicy) ->
                byPolicy.forEach(
                    (policy, runs) -> {
                      if ("adaptive".equals(scenario.keys().get("max-requests"))) {
                        return;
                      }
                      String name = scenario + " " + policy.word();
                      Figures best = Objects.requireNonNull(byPolicy.get(Policy.ORACLE)).get(0);
                      Figures run = runs.get(0);
                      softly
                          .assertThat(run.successPercent() - best.successPercent())
                          .as(name)
                          .isLessThan(0.1);
                      if (run.successPercent() >= best.successPercent()) {
                        softly
                            .assertThat(run.quantileMillis(0.99))
                            .as(name)
                            .isGreaterThan(0.95 * best.quantileMillis(0.99));
                      }
                    }));
    softly.assertAll();
  }

  /** 10 % of the first attempts, or 0.2 a second if that is more; five to start with. */
  @Test
  void furtherAttemptsStayWithinTheBudget() {
    check(
        (softly, run, name, scenario) -> {
          double seconds = scenario.endNanos() / 1e9;
          double most = 0.1 * run.allCalls() + scenario.clients() * (5 + 0.2 * (seconds + 20));
          softly.assertThat(run.extraAttempts() - most).as(name).isLessThanOrEqualTo(0);
        });
  }

  /** However many calls fail: a tenth more attempts, and the five to start with. */
  @Test
  void retriesAddATenthWhenAllFail() {
    check(
        (softly, run, name, scenario) -> {
          if (scenario.name().equals("all-fail-retried") && !name.endsWith(Policy.ORACLE.word())) {
            double ratio = (run.extraAttempts() - 5) / (double) run.allCalls();
            softly.assertThat(ratio).as(name).isBetween(0.09, 0.10);
          }
        });
  }

  @Test
  void overloadEndsWithItsCause() {
    comesBackAfterTheTrigger(matrix);
  }

  /** 95 % of the calls are good again within {@code breaker.open-duration} and a second. */
  static void comesBackAfterTheTrigger(Matrix matrix) {
    matrix
        .figures()
        .forEach(
            (scenario, byPolicy) -> {
              if (scenario.name().equals("trigger")) {
                assertThat(byPolicy.values().stream().flatMap(List::stream))
                    .isNotEmpty()
                    .allSatisfy(
                        run ->
                            assertThat(run.recoverySeconds(30, 0.95))
                                .as(run.toString())
                                .isLessThanOrEqualTo(2));
              }
            });
  }

  @Test
  void theReportIsUpToDate() throws Exception {
    List<String> report = Files.readAllLines(FullMatrix.REPORT);
    List<String> lines = Report.seedOne(matrix).lines().toList();

    assertThat(report.subList(report.size() - lines.size(), report.size()))
        .as("behaviour has changed: write the report anew with FullMatrix, and look at its diff")
        .isEqualTo(lines);
  }

  private interface Check {
    void that(SoftAssertions softly, Figures run, String name, Scenario scenario);
  }

  private static void check(Check check) {
    SoftAssertions softly = new SoftAssertions();
    for (Map.Entry<Scenario, Map<Policy, List<Figures>>> block : matrix.figures().entrySet()) {
      Scenario scenario = block.getKey();
      block
          .getValue()
          .forEach(
              (policy, runs) -> {
                String name = scenario + " " + policy.word();
                check.that(softly, runs.get(0), name, scenario);
              });
    }
    softly.assertAll();
  }
}
