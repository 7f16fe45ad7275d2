package dev.inmesh.simulation;

import dev.inmesh.config.UpstreamSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One run of a scenario with one policy and one seed. Used once, by one thread. */
final class Simulation {

  private final Scenario scenario;
  private final Policy policy;
  private final EventQueue events = new EventQueue();
  private final Trace trace = new Trace();
  private final Figures figures;
  private final Fleet fleet;
  private final List<VirtualClient> clients = new ArrayList<>();

  private Simulation(Scenario scenario, Policy policy, long seed) {
    this.scenario = scenario;
    this.policy = policy;
    this.figures = new Figures(scenario);
    this.fleet = new Fleet(new Draws(seed, 3));
    for (Scenario.Spec spec : scenario.servers()) {
      fleet.add(
          new VirtualServer(
              spec.address(), spec.demand(), spec.model().get(), spec.faults(), events));
    }
    fleet.list(scenario.listed());
    UpstreamSettings settings = settings();
    for (int i = 0; i < scenario.clients(); i++) {
      clients.add(new VirtualClient(this, policy, i, seed, settings));
    }
  }

  static Figures run(Scenario scenario, Policy policy, long seed) {
    return new Simulation(scenario, policy, seed).run();
  }

  private Figures run() {
    for (Scenario.Act act : scenario.acts()) {
      events.at(act.nanos(), now -> act.action().accept(this));
    }
    clients.forEach(VirtualClient::start);
    events.run();
    int leaks = clients.stream().mapToInt(VirtualClient::leaks).sum();
    figures.finished(leaks, trace.hash(), events.count());
    return figures;
  }

  private UpstreamSettings settings() {
    Map<String, String> keys = new LinkedHashMap<>(scenario.keys());
    if (!policy.isOracle()) {
      keys.put("balancer", policy.word());
    }
    keys.put("servers", String.join(", ", fleet.listed()));
    return Keys.settings(keys);
  }

  Scenario scenario() {
    return scenario;
  }

  EventQueue events() {
    return events;
  }

  Fleet fleet() {
    return fleet;
  }

  Figures figures() {
    return figures;
  }

  Trace trace() {
    return trace;
  }

  /** All clients get another list of servers. */
  void list(List<String> addresses) {
    fleet.list(addresses);
    UpstreamSettings settings = settings();
    clients.forEach(client -> client.apply(settings));
  }

  /** All clients take the server out. */
  void drain(String address) {
    fleet.drain(address);
    clients.forEach(client -> client.drain(address));
  }

  /** All clients put the server back. */
  void restore(String address) {
    fleet.restore(address);
    clients.forEach(client -> client.restore(address));
  }

  /** All clients stand still. */
  void pauseClients(long nanos) {
    clients.forEach(client -> client.pause(nanos));
  }
}
