package dev.inmesh.simulation;

import java.util.List;

/** More work than the servers can do; together they can do 1600 calls a second. */
final class OverloadScenarios {

  private OverloadScenarios() {}

  static List<Scenario> all() {
    return List.of(
        overload("overload-1.4", "1.4x what 4 servers of 4 workers can do: 2240 calls/s", 2240),
        overload("overload-2", "2x what 4 servers of 4 workers can do: 3200 calls/s", 3200),
        trigger());
  }

  private static Scenario fleet(String name, String about) {
    return new Scenario(name, about)
        .fleet(4, () -> ServiceModel.fifo(4), Demand.exponential(10))
        .key("timeout", "1s")
        .key("timeout.attempt", "500ms")
        .key("retry.on", "connect,error,timeout,http_503")
        .key("max-requests", "adaptive");
  }

  private static Scenario overload(String name, String about, double callsPerSecond) {
    return fleet(name, about)
        .open(callsPerSecond)
        .seconds(10, 40)
        .extra("of capacity", run -> run.goodPerSecond() / 1600)
        .leastSuccess(0);
  }

  private static Scenario trigger() {
    return fleet("trigger", "70 % load, all servers half as fast from 20 to 30 s, retries on")
        .faultOnAll(Fault.slow(2).between(20, 30))
        .open(1120)
        .seconds(0, 60)
        .extra("ok % after", run -> run.successPercent(40, 60))
        .extra("recovery s", run -> run.recoverySeconds(30))
        .leastSuccess(0);
  }
}
