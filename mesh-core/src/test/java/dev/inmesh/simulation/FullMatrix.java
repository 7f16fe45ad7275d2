package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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

    Matrix matrix = Matrix.run(Scenarios.all(), seeds);
    Files.writeString(REPORT, Report.of(matrix, seeds));

    assertThat(matrix.figures().values())
        .allSatisfy(
            byPolicy ->
                assertThat(byPolicy.values().stream().flatMap(runs -> runs.stream()))
                    .allSatisfy(run -> assertThat(run.leaks()).isZero()));
  }
}
