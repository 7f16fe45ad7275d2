package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.List;

/** The list of servers changes, or what is behind it does. */
final class ChangeScenarios {

  private ChangeScenarios() {}

  static List<Scenario> all() {
    return List.of(deploy(), replaced(), growing(), newServer(), coldStart());
  }

  /** Every four seconds the next one: drained, a second later down, up again, restored. */
  private static Scenario deploy() {
    Scenario scenario =
        new Scenario("deploy", "ten servers are drained, restarted and restored, one by one")
            .fleet(10, ServiceModel::pureDelay, Demand.exponential(20))
            .open(500)
            .seconds(0, 50);
    for (int i = 1; i <= 10; i++) {
      String address = "s" + i + ":80";
      int second = 4 * i;
      scenario
          .fault("s" + i, Fault.refuse().between(second + 1, second + 3))
          .at(second, simulation -> simulation.drain(address))
          .at(second + 3, simulation -> simulation.restore(address));
    }
    return scenario;
  }

  /** Every four seconds a new server takes the place of an old one, which ends a second later. */
  private static Scenario replaced() {
    Scenario scenario =
        new Scenario("list-changes", "ten servers are replaced in the list, one by one")
            .fleet(10, ServiceModel::pureDelay, Demand.exponential(20))
            .open(500)
            .seconds(0, 50);
    List<String> listed = new ArrayList<>(scenario.listed());
    for (int i = 1; i <= 10; i++) {
      scenario.unlisted(ServiceModel::pureDelay, Demand.exponential(20));
      listed.set(i - 1, "s" + (10 + i) + ":80");
      List<String> next = List.copyOf(listed);
      scenario
          .fault("s" + i, Fault.refuse().from(4 * i + 1))
          .at(4 * i, simulation -> simulation.list(next));
    }
    return scenario;
  }

  private static Scenario growing() {
    return new Scenario(
            "live-reloading", "Dialogue's: one of two always answers 500, a third joins at 5 s")
        .fleet(2, ServiceModel::pureDelay, Demand.constant(600))
        .unlisted(ServiceModel::pureDelay, Demand.constant(600))
        .fault("s2", Fault.fail(500, 600))
        .bad("s2")
        .at(5, simulation -> simulation.list(List.of("s1:80", "s2:80", "s3:80")))
        .key("retry.on", "connect,error,http_500,http_503")
        .open(250)
        .seconds(0, 10)
        .leastSuccess(60);
  }

  private static Scenario newServer() {
    return joining(
            "new-server",
            "an 11th server like the others joins at 20 s: sleep 100 ms, 1000 calls/s")
        .fleet(10, ServiceModel::pureDelay, Demand.around(100, 50))
        .unlisted(ServiceModel::pureDelay, Demand.around(100, 50))
        .extra("in the first second", run -> run.badPercent() * 11 / 100)
        .watch(20, 21);
  }

  private static Scenario coldStart() {
    return joining("cold-start", "an 11th server joins at 20 s, at first 10x slow, warm after 10 s")
        .fleet(10, () -> ServiceModel.fifo(4), Demand.exponential(10))
        .unlisted(() -> ServiceModel.fifo(4), Demand.exponential(10))
        .fault("s11", Fault.warmUp(10).between(20, 30))
        .key("slow-start", "10s")
        .extra("of its fair share", run -> run.badPercent() * 11 / 100)
        .watch(20, 30);
  }

  private static Scenario joining(String name, String about) {
    List<String> listed = new ArrayList<>();
    for (int i = 1; i <= 11; i++) {
      listed.add("s" + i + ":80");
    }
    return new Scenario(name, about)
        .at(20, simulation -> simulation.list(listed))
        .bad("s11")
        .open(1000)
        .seconds(0, 40);
  }
}
