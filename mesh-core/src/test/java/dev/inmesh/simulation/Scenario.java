package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Servers, clients, load, and what happens when. Built once by {@link Scenarios}; read-only
 * afterwards, since runs share it.
 */
final class Scenario {

  /** A server as it will be made for each run. */
  record Spec(String address, Supplier<ServiceModel> model, Demand demand, List<Fault> faults) {}

  /** Something that is done to the clients at an instant. */
  record Act(long nanos, Consumer<Simulation> action) {}

  /** A figure of this scenario alone. */
  record Extra(String name, ToDoubleFunction<Figures> value) {}

  private final String name;
  private final String about;
  private final Map<String, Spec> servers = new LinkedHashMap<>();
  private final List<String> listed = new ArrayList<>();
  private final Map<String, String> keys = new LinkedHashMap<>();
  private final List<Act> acts = new ArrayList<>();
  private final List<Extra> extras = new ArrayList<>();
  private Set<String> bad = Set.of();
  private List<String> paths = List.of("/");
  private int clients = 1;
  private int users;
  private double callsPerSecond;
  private boolean evenlySpaced;
  private long endNanos;
  private long warmUpNanos;
  private long watchFrom;
  private long watchTo = Long.MAX_VALUE;
  private double leastSuccess = 100;

  Scenario(String name, String about) {
    this.name = name;
    this.about = about;
  }

  /** Adds so many servers, named on from s1. */
  Scenario fleet(int count, Supplier<ServiceModel> model, Demand demand) {
    for (int i = 0; i < count; i++) {
      unlisted(model, demand);
      listed.add("s" + servers.size() + ":80");
    }
    return this;
  }

  /** Adds a server that no client knows at first. */
  Scenario unlisted(Supplier<ServiceModel> model, Demand demand) {
    String address = "s" + (servers.size() + 1) + ":80";
    servers.put(address, new Spec(address, model, demand, new ArrayList<>()));
    return this;
  }

  Scenario fault(String host, Fault fault) {
    Spec spec = servers.get(host + ":80");
    if (spec == null) {
      throw new IllegalArgumentException(host + " is not in the fleet");
    }
    spec.faults().add(fault);
    return this;
  }

  Scenario faultOnAll(Fault fault) {
    servers.values().forEach(spec -> spec.faults().add(fault));
    return this;
  }

  /** Whose share of the attempts is shown, and whose ejection is right. */
  Scenario bad(String... hosts) {
    List<String> addresses = new ArrayList<>();
    for (String host : hosts) {
      addresses.add(host + ":80");
    }
    bad = Set.copyOf(addresses);
    return this;
  }

  /** The seconds in which the share of the bad servers is counted. */
  Scenario watch(double from, double to) {
    watchFrom = Nanos.ofSeconds(from);
    watchTo = Nanos.ofSeconds(to);
    return this;
  }

  Scenario clients(int count) {
    clients = count;
    return this;
  }

  /** So many calls a second from all clients together, whether or not they are answered. */
  Scenario open(double perSecond) {
    callsPerSecond = perSecond / clients;
    return this;
  }

  /** The same, at equal distances. */
  Scenario evenly(double perSecond) {
    evenlySpaced = true;
    return open(perSecond);
  }

  /** So many users of each client, each of whom calls again as soon as there is an answer. */
  Scenario closed(int usersPerClient) {
    users = usersPerClient;
    return this;
  }

  Scenario paths(String... all) {
    paths = List.of(all);
    return this;
  }

  /** How long calls start, and how much of that is not counted. */
  Scenario seconds(double warmUp, double end) {
    warmUpNanos = Nanos.ofSeconds(warmUp);
    endNanos = Nanos.ofSeconds(end);
    watchFrom = Math.max(watchFrom, warmUpNanos);
    return this;
  }

  Scenario key(String key, String value) {
    keys.put(key, value);
    return this;
  }

  Scenario at(double second, Consumer<Simulation> action) {
    acts.add(new Act(Nanos.ofSeconds(second), action));
    return this;
  }

  Scenario extra(String figure, ToDoubleFunction<Figures> value) {
    extras.add(new Extra(figure, value));
    return this;
  }

  /** The success in percent that every balancer must reach with every seed. */
  Scenario leastSuccess(double percent) {
    leastSuccess = percent;
    return this;
  }

  String name() {
    return name;
  }

  String about() {
    return about;
  }

  Iterable<Spec> servers() {
    return servers.values();
  }

  List<String> listed() {
    return listed;
  }

  Map<String, String> keys() {
    return keys;
  }

  List<Act> acts() {
    return acts;
  }

  List<Extra> extras() {
    return extras;
  }

  List<String> paths() {
    return paths;
  }

  int clients() {
    return clients;
  }

  int users() {
    return users;
  }

  double callsPerSecond() {
    return callsPerSecond;
  }

  boolean isEvenlySpaced() {
    return evenlySpaced;
  }

  long endNanos() {
    return endNanos;
  }

  long warmUpNanos() {
    return warmUpNanos;
  }

  boolean isWatched(long now) {
    return now >= watchFrom && now < watchTo && now < endNanos;
  }

  boolean isBad(String address) {
    return bad.contains(address);
  }

  double leastSuccess() {
    return leastSuccess;
  }

  @Override
  public String toString() {
    return name;
  }
}
