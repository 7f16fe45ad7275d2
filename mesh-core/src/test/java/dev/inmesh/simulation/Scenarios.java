package dev.inmesh.simulation;

import java.util.List;

/** The catalogue. What is not said is the engine's default. */
final class Scenarios {

  private Scenarios() {}

  static List<Scenario> all() {
    return List.of(allHealthy(), oneOfTenSlow(), twoOfSixteenSlow(), twoOfFourLater());
  }

  private static Scenario allHealthy() {
    return new Scenario(
            "all-healthy", "control: 10 servers, exponential 10 ms, one at a time, 500 calls/s")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .open(500)
        .seconds(15, 75);
  }

  private static Scenario oneOfTenSlow() {
    return new Scenario(
            "one-of-ten-slow", "one of ten 10x slow: exponential 10 ms, one at a time, 500 calls/s")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .fault("s4", Fault.slow(10))
        .bad("s4")
        .open(500)
        .seconds(15, 135);
  }

  private static Scenario twoOfSixteenSlow() {
    return new Scenario(
            "two-of-sixteen-slow", "two of sixteen 16x slow: sleep 10 ms, no queue, 500 calls/s")
        .fleet(16, ServiceModel::pureDelay, Demand.constant(10))
        .fault("s4", Fault.slow(16))
        .fault("s11", Fault.slow(16))
        .bad("s4", "s11")
        .open(500)
        .seconds(15, 75);
  }

  private static Scenario twoOfFourLater() {
    return new Scenario(
            "two-of-four-later", "two of four +5 ms on 0.2 ms +-10 %, no queue, 4000 calls/s")
        .fleet(2, ServiceModel::pureDelay, Demand.around(0.2, 0.02))
        .fleet(2, ServiceModel::pureDelay, Demand.around(5.2, 0.02))
        .bad("s3", "s4")
        .open(4000)
        .seconds(15, 40);
  }
}
