package dev.inmesh.simulation;

import java.util.List;

/**
 * Some servers are slow, none fails. Where ejection by latency would help the balancers that don't
 * look at it, there is one scenario for the balancer alone, and one for what a user gets.
 */
final class SlowScenarios {

  private SlowScenarios() {}

  static List<Scenario> all() {
    return List.of(
        // round_robin alone sends a tenth of the calls to a server that can do a fifth of them.
        oneOfTen("one-of-ten-slow").key("outlier.mode", "off").leastSuccess(89),
        oneOfTen("one-of-ten-slow-enforced"),
        twoOfSixteen("two-of-sixteen-slow").key("outlier.mode", "off"),
        twoOfSixteen("two-of-sixteen-slow-enforced"),
        twoOfFour(),
        oneOfEleven("one-of-eleven-stalls"),
        hedged(),
        flapping(),
        allSlow());
  }

  private static Scenario oneOfTen(String name) {
    return new Scenario(name, "one of ten 10x slow: exponential 10 ms, one at a time, 500 calls/s")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .fault("s4", Fault.slow(10))
        .bad("s4")
        .open(500)
        .seconds(15, 195)
        .leastSuccess(97);
  }

  private static Scenario twoOfSixteen(String name) {
    return new Scenario(name, "two of sixteen 16x slow: sleep 10 ms, no queue, 500 calls/s")
        .fleet(16, ServiceModel::pureDelay, Demand.constant(10))
        .fault("s4", Fault.slow(16))
        .fault("s11", Fault.slow(16))
        .bad("s4", "s11")
        .open(500)
        .seconds(15, 75);
  }

  private static Scenario twoOfFour() {
    return new Scenario(
            "two-of-four-later", "two of four +5 ms on 0.2 ms +-10 %, no queue, 4000 calls/s")
        .fleet(2, ServiceModel::pureDelay, Demand.around(0.2, 0.02))
        .fleet(2, ServiceModel::pureDelay, Demand.around(5.2, 0.02))
        .bad("s3", "s4")
        .open(4000)
        .seconds(15, 40);
  }

  private static Scenario oneOfEleven(String name) {
    return new Scenario(
            name, "one of 11 takes 2 s from 15 to 45 s: sleep 167 ms +-5, no queue, 1000 calls/s")
        .fleet(11, ServiceModel::pureDelay, Demand.around(167, 5))
        .fault("s4", Fault.slow(2000.0 / 167).between(15, 45))
        .bad("s4")
        .watch(15, 45)
        .open(1000)
        .seconds(0, 60)
        .extra("over 1 s %", run -> run.percentAbove(1000));
  }

  private static Scenario flapping() {
    Scenario scenario =
        new Scenario(
                "flapping", "one of ten 10x slow for 5 s, well for 5 s, and again; 500 calls/s")
            .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
            .bad("s4")
            .open(500)
            .seconds(15, 75)
            .leastSuccess(97);
    for (int second = 0; second < 75; second += 10) {
      scenario.fault("s4", Fault.slow(10).between(second, second + 5));
    }
    return scenario;
  }

  /** It's the service: ejecting anybody would only make it worse. */
  private static Scenario allSlow() {
    return new Scenario(
            "all-slow", "all ten 5x slow from 20 to 40 s: sleep 20 ms +-5, no queue, 500 calls/s")
        .fleet(10, ServiceModel::pureDelay, Demand.around(20, 5))
        .faultOnAll(Fault.slow(5).between(20, 40))
        .open(500)
        .seconds(0, 60);
  }

  /** A driver that hedges is needed as well: {@link EngineCall} doesn't know how yet. */
  private static Scenario hedged() {
    return oneOfEleven("one-of-eleven-hedged").key("hedge.after", "500ms");
  }
}
