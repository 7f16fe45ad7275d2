package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TraceTest {

  @ParameterizedTest
  @MethodSource("dev.inmesh.simulation.Policy#all")
  void theSameSeedGivesTheSameTraceAndAnotherSeedAnotherOne(Policy policy) {
    Scenario scenario = Scenarios.named("black-hole");

    long trace = Simulation.run(scenario, policy, 1).trace();

    assertThat(Simulation.run(scenario, policy, 1).trace()).isEqualTo(trace);
    assertThat(Simulation.run(scenario, policy, 2).trace()).isNotEqualTo(trace);
  }
}
