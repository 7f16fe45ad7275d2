package dev.inmesh.jdbc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The controller beside limits that stay as they are, none, and those of {@code
 * concurrency-limits}, on the same disk with the same clients. Writes the report anew with {@code
 * -Dinmesh.simulation.write=true}.
 */
final class ThrottleReportTest {

  private static final Path REPORT = Path.of("src/test/resources/throttle-simulation-report.txt");

  private static final String HEAD =
      """
      Made by ThrottleReportTest: seed 1, seconds 45 to 80 of a run whose disk is slow from 20 to 80.
      Latencies in ms, own waiting included; "in time" is answered within 250 ms; ref is refused a second.
      Each client has 16 batch threads; interactive and critical statements want a fifth and a fiftieth of the disk.
      All policies but "off" wait and refuse in the same way (Permits and Line); only the number differs.
      Gradient2, Vegas and AIMD: concurrency-limits 0.5.3, its defaults (or as named), one limit a client, fed with the time of each statement.

      """;

  private static final List<Step> STEPS =
      List.of(
          Step.reads(1, 200),
          Step.reads(4, 200),
          Step.reads(4, 50),
          Step.reads(50, 2000),
          Step.commits(4, 50),
          Step.bulkCommits(4, 200, 0.128),
          Step.parallel(4, 200, 8));

  private static List<Comparison> all = List.of();

  @BeforeAll
  static void runEverythingOnce() {
    all = STEPS.stream().map(Comparison::new).toList();
  }

  /**
   * But for a disk of many slow parts, which can't be told from one with a queue: see the report.
   */
  @Test
  void noWorkIsLost() {
    assertThat(all.subList(0, all.size() - 1))
        .allSatisfy(
            each ->
                assertThat(each.throughput(Policy.OURS))
                    .as(each.step().name())
                    .isGreaterThanOrEqualTo(0.95 * each.mostOfFixed()));
  }

  @Test
  void interactiveStatementsAreNoSlowerThanTwiceThoseOfTheBestFixedLimit() {
    assertThat(all)
        .allSatisfy(
            each ->
                assertThat(each.interactiveMillis(Policy.OURS))
                    .as(each.step().name())
                    .isLessThanOrEqualTo(2 * each.bestFixedMillis()));
  }

  @Test
  void readsThatQueueAreFarFasterThanWithoutALimit() {
    assertThat(all)
        .filteredOn(each -> each.step().queues())
        .hasSize(3)
        .allSatisfy(
            each ->
                assertThat(each.interactiveMillis(Policy.OURS))
                    .as(each.step().name())
                    .isLessThanOrEqualTo(
                        (each.step().clients() == 4 ? 0.12 : 0.15)
                            * each.interactiveMillis(Policy.OFF)));
  }

  @Test
  void criticalStatementsAreNoSlowerThanWithoutALimit() {
    assertThat(all)
        .allSatisfy(
            each ->
                assertThat(each.criticalMillis(Policy.OURS))
                    .as(each.step().name())
                    .isLessThanOrEqualTo(1.1 * each.criticalMillis(Policy.OFF)));
  }

  @Test
  void moreIsAnsweredInTimeThanWithGradient2() {
    assertThat(all)
        .filteredOn(each -> each.step().queues())
        .allSatisfy(
            each ->
                assertThat(each.goodput(Policy.OURS))
                    .as(each.step().name())
                    .isGreaterThanOrEqualTo(1.15 * each.goodput(Policy.GRADIENT2)));
  }

  @Test
  void theReportIsUpToDate() throws Exception {
    StringBuilder report = new StringBuilder(HEAD);
    all.forEach(each -> report.append(each.block()).append('\n'));
    if (Boolean.getBoolean("inmesh.simulation.write")) {
      Files.writeString(REPORT, report);
    }

    assertThat(repeatable(Files.readString(REPORT)))
        .as("behaviour has changed: write the report anew, and look at its diff")
        .isEqualTo(repeatable(report.toString()));
  }

  /** Vegas draws random numbers that no seed reaches. */
  private static List<String> repeatable(String report) {
    return report.lines().filter(line -> !line.startsWith("Vegas")).toList();
  }
}
