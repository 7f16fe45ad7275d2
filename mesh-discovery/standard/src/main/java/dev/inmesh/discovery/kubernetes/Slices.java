package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The EndpointSlices of a service by their names. Not safe for concurrent use. */
final class Slices {

  private final ServiceName name;
  private final String family;
  private final Map<String, Json> byName = new LinkedHashMap<>();

  /**
   * No slices yet.
   *
   * @param family any, ipv4 or ipv6
   */
  Slices(ServiceName name, String family) {
    this.name = name;
    this.family = family;
  }

  void put(Json slice) {
    byName.put(nameOf(slice), slice);
  }

  void remove(Json slice) {
    byName.remove(nameOf(slice));
  }

  private static String nameOf(Json slice) {
    return slice.get("metadata").get("name").text();
  }

  /** Those of one kind of addresses. */
  private static final class Found {

    private final List<ServerEntry> ready = new ArrayList<>();
    private final List<ServerEntry> draining = new ArrayList<>();

    /** An endpoint that moves from one slice to another is in both for a while: ready counts. */
    List<ServerEntry> entries() {
      List<ServerEntry> all = new ArrayList<>(ready);
      all.addAll(draining);
      return all;
    }
  }

  /**
   * The endpoints as entries.
   *
   * @throws IOException if it can't be told which port is meant
   */
  List<ServerEntry> entries() throws IOException {
    Found four = new Found();
    Found six = new Found();
    Set<String> others = new TreeSet<>();
    boolean found = false;
    for (Json slice : byName.values()) {
      List<String> ports = ports(slice, others);
      if (ports.size() > 1) {
        throw new IOException(
            "service "
                + name.service()
                + " has the ports "
                + others
                + "; write one as "
                + name.service()
                + ":port");
      }
      if (!ports.isEmpty() && !slice.get("endpoints").elements().isEmpty()) {
        found = true;
        boolean isSix = slice.get("addressType").text().equals("IPv6");
        add(slice, ports.get(0), isSix ? six : four);
      }
    }
    if (!found && !others.isEmpty() && hasEndpoints()) {
      throw new IOException(
          "service " + name.service() + " has no port '" + name.port() + "' but " + others);
    }
    List<ServerEntry> first = four.entries();
    return family.equals("ipv6") || (family.equals("any") && first.isEmpty())
        ? six.entries()
        : first;
  }

  private boolean hasEndpoints() {
    return byName.values().stream().anyMatch(s -> !s.get("endpoints").elements().isEmpty());
  }

  /** The ports of a slice that may be meant; all of them are added to the others. */
  private List<String> ports(Json slice, Set<String> others) {
    if (name.hasPortNumber()) {
      // It need not be one that a pod declares.
      return List.of(name.port());
    }
    List<String> meant = new ArrayList<>();
    for (Json port : slice.get("ports").elements()) {
      String protocol = port.get("protocol").text();
      String number = port.get("port").text();
      if (number.isEmpty() || !(protocol.isEmpty() || protocol.equals("TCP"))) {
        continue;
      }
      String called = port.get("name").text();
      others.add(called.isEmpty() ? number : called);
      if (name.port().isEmpty() || name.port().equals(called)) {
        meant.add(number);
      }
    }
    return meant;
  }

  private static void add(Json slice, String port, Found found) {
    for (Json endpoint : slice.get("endpoints").elements()) {
      // More than one address are one server too, and the first one stands for it.
      List<Json> addresses = endpoint.get("addresses").elements();
      if (addresses.isEmpty()) {
        continue;
      }
      Json conditions = endpoint.get("conditions");
      boolean ready = !conditions.get("ready").text().equals("false");
      String serving = conditions.get("serving").text();
      boolean terminating = conditions.get("terminating").text().equals("true");
      ServerEntry entry = entry(addresses.get(0).text(), port, endpoint.get("zone").text());
      if (terminating && (serving.isEmpty() ? ready : serving.equals("true"))) {
        found.draining.add(entry.with("drain"));
      } else if (!terminating && ready) {
        found.ready.add(entry);
      }
    }
  }

  private static ServerEntry entry(String host, String port, String zone) {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    ServerEntry entry = new ServerEntry(List.of(shown + ":" + port));
    return zone.isEmpty() ? entry : entry.with("zone", zone);
  }
}
