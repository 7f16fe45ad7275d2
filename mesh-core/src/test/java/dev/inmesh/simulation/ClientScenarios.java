package dev.inmesh.simulation;

import java.util.List;

/** What is special is the clients. */
final class ClientScenarios {

  private ClientScenarios() {}

  static List<Scenario> all() {
    return List.of(pause(), manyQuiet(), manyQuietOneFails());
  }

  private static Scenario pause() {
    Scenario scenario =
        new Scenario("client-pause", "the client stands still for 200 ms, every 5 s; sleep 20 ms")
            .fleet(10, ServiceModel::pureDelay, Demand.around(20, 5))
            .key("timeout.attempt", "100ms")
            .open(500)
            .seconds(0, 60)
            .leastSuccess(99);
    for (int second = 5; second < 60; second += 5) {
      scenario.at(second, simulation -> simulation.pauseClients(Nanos.ofMillis(200)));
    }
    return scenario;
  }

  private static Scenario manyQuiet() {
    return new Scenario("fifty-clients", "one-of-ten-slow, from 50 clients with 10 calls/s each")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .fault("s4", Fault.slow(10))
        .bad("s4")
        .clients(50)
        .open(500)
        .seconds(15, 75)
        .leastSuccess(90);
  }

  private static Scenario manyQuietOneFails() {
    return new Scenario(
            "fifty-clients-one-half",
            "one of ten answers half of its calls with 500; 2 calls/s each")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .fault("s4", Fault.failing(0.5, 500, 5))
        .bad("s4")
        .clients(50)
        .open(100)
        .seconds(0, 120)
        .leastSuccess(80);
  }
}
