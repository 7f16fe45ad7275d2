package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Prints some scenarios' part of the report, for trying things out: {@code mvn -q -pl mesh-core
 * test -Dtest=Experiment -Dinmesh.simulation.scenarios=flapping,deploy}. Further keys can be set
 * with {@code -Dinmesh.simulation.keys=retry.tries=3;timeout=1s}.
 */
final class Experiment {

  @Test
  @EnabledIfSystemProperty(named = "inmesh.simulation.scenarios", matches = ".+")
  void printsItsFigures() throws Exception {
    Set<String> names = Set.of(System.getProperty("inmesh.simulation.scenarios").split(",", -1));
    int seeds = Integer.getInteger("inmesh.simulation.seeds", FullMatrix.SEEDS);
    List<Scenario> chosen =
        Scenarios.all().stream().filter(scenario -> names.contains(scenario.name())).toList();
    for (String pair : System.getProperty("inmesh.simulation.keys", "").split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        chosen.forEach(s -> s.key(pair.substring(0, equals), pair.substring(equals + 1)));
      }
    }

    Matrix matrix = Matrix.run(chosen, seeds);

    assertThat(chosen).hasSameSizeAs(names);
    System.out.println(Report.blocks(matrix));
  }
}
