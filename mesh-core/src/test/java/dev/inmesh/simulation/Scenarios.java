package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The catalogue. What a scenario doesn't set is the engine's default; those that say so have the
 * servers and the load of the scenario of that name in Palantir's Dialogue, whose results are
 * published.
 */
final class Scenarios {

  private Scenarios() {}

  static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>();
    all.add(allHealthy());
    all.add(closedLoop());
    all.add(unequalCost());
    all.addAll(SlowScenarios.all());
    all.addAll(FailureScenarios.all());
    all.addAll(ChangeScenarios.all());
    all.addAll(OverloadScenarios.all());
    all.addAll(ClientScenarios.all());
    return all;
  }

  static Scenario named(String name) {
    return all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private static Scenario allHealthy() {
    return new Scenario(
            "all-healthy", "control: 10 servers, exponential 10 ms, one at a time, 500 calls/s")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .open(500)
        .seconds(15, 135);
  }

  private static Scenario closedLoop() {
    return new Scenario(
            "closed-loop", "control: 4 servers of 4 CPUs, exponential 5 ms of CPU, 64 users")
        .fleet(4, () -> ServiceModel.processorSharing(4), Demand.exponential(5))
        .closed(64)
        .seconds(5, 25);
  }

  private static Scenario unequalCost() {
    return new Scenario(
            "unequal-cost", "10 servers, one at a time: 2 ms, every tenth call 82 ms; 500 calls/s")
        .fleet(10, ServiceModel::oneAtATime, Demand.mixed(2, 82, 0.1))
        .open(500)
        .seconds(15, 75);
  }
}
