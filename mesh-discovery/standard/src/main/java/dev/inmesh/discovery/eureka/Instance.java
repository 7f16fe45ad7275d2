package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.ServerEntry;

/**
 * An instance of an app as Eureka knows it. Immutable.
 *
 * @param id unique in its app
 * @param status in Eureka's words, an override included
 * @param entry the same as a server
 */
record Instance(String id, String status, ServerEntry entry) {

  /**
   * Which address and port of an instance count.
   *
   * @param byName its host name, instead of its address
   * @param secure its secure port
   */
  record Form(boolean byName, boolean secure) {}

  static Instance of(Json json, Form form) {
    String name = json.get("hostName").text();
    String host = form.byName() ? name : json.get("ipAddr").text();
    String id = json.get("instanceId").text();
    // Old instances have no id; their names are unique.
    return new Instance(
        id.isEmpty() ? name : id, json.get("status").text(), entry(json, host, form));
  }

  private static ServerEntry entry(Json json, String host, Form form) {
    Json metadata = json.get("metadata");
    ServerEntry entry = ServerEntry.of(host, port(json, form));
    String zone = metadata.get("zone").text();
    if (zone.isEmpty()) {
      zone = json.get("dataCenterInfo").get("metadata").get("availability-zone").text();
    }
    entry = zone.isEmpty() ? entry : entry.with("zone", zone);
    for (String attribute : new String[] {"region", "weight", "max_conns"}) {
      String value = metadata.get(attribute).text();
      entry = value.isEmpty() ? entry : entry.with(attribute, value);
    }
    if (metadata.get("backup").text().equals("true")) {
      entry = entry.with("backup");
    }
    return json.get("status").text().equals("OUT_OF_SERVICE") ? entry.with("drain") : entry;
  }

  /** 0 for one that is off, so that the mesh says why it drops the entry. */
  private static int port(Json json, Form form) {
    Json port = json.get(form.secure() ? "securePort" : "port");
    String number = port.get("$").text();
    boolean usable = port.get("@enabled").text().equals("true") && number.matches("[0-9]{1,9}");
    return usable ? Integer.parseInt(number) : 0;
  }

  /** Whether it is a server: one that starts or is down is none yet, or no longer. */
  boolean isServer() {
    return status.equals("UP") || status.equals("OUT_OF_SERVICE");
  }
}
