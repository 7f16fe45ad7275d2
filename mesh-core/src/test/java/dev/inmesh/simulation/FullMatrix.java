package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Writes the report anew: {@code mvn -q -pl mesh-core test -Dtest=FullMatrix
 * -Dinmesh.simulation.full=true}. What changed shows as a diff.
 */
final class FullMatrix {

  static final Path REPORT = Path.of("src/test/resources/simulation-report.txt");

  static final int SEEDS = 20;

  @Test
  @EnabledIfSystemProperty(named = "inmesh.simulation.full", matches = "true")
  void writesTheReport() throws Exception {
    int seeds = Integer.getInteger("inmesh.simulation.seeds", SEEDS);

    long start = System.nanoTime();
    Matrix matrix = Matrix.run(Scenarios.all(), seeds);
    double seconds = (System.nanoTime() - start) / 1e9;
    Files.writeString(REPORT, Report.of(matrix, seeds));

    long events = matrix.runs().mapToLong(Figures::events).sum();
    System.out.printf(
        Locale.ROOT,
        "%d runs in %.0f s, %.2f million events a second%n",
        matrix.runs().count(),
        seconds,
        events / seconds / 1e6);
    ScenariosTest.comesBackAfterTheTrigger(matrix);
    assertThat(matrix.runs())
        .allSatisfy(
            run -> {
              String name = run.toString();
              assertThat(run.leaks()).as(name).isZero();
              assertThat(run.successPercent())
                  .as(name)
                  .isGreaterThanOrEqualTo(run.scenario().leastSuccess());
            });
  }
}
