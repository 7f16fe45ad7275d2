package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** What Consul says of a service's instances, as entries. Immutable. */
final class Instances {

  private static final String NODE_MAINTENANCE = "_node_maintenance";
  private static final String SERVICE_MAINTENANCE = "_service_maintenance:";

  private final boolean warnings;
  private final String zoneTag;
  private final String regionTag;

  /** The worst of an instance's checks; maintenance is a choice and not a failure. */
  private enum Health {
    PASSING,
    WARNING,
    CRITICAL,
    MAINTENANCE
  }

  private Instances(boolean warnings, String zoneTag, String regionTag) {
    this.warnings = warnings;
    this.zoneTag = zoneTag;
    this.regionTag = regionTag;
  }

  static Instances of(SourceSettings settings) {
    return new Instances(
        settings.value(ConsulKeys.HEALTH).equals("warning"),
        settings.value(ConsulKeys.ZONE_TAG),
        settings.value(ConsulKeys.REGION_TAG));
  }

  /** The entry of an instance; none if its health forbids it. */
  Optional<ServerEntry> entry(Json instance) {
    Health health = health(instance.get("Checks"));
    if (health == Health.CRITICAL || (health == Health.WARNING && !warnings)) {
      return Optional.empty();
    }
    Json service = instance.get("Service");
    String weight =
        service.get("Weights").get(health == Health.WARNING ? "Warning" : "Passing").text();
    if (health == Health.WARNING && weight.equals("0")) {
      return Optional.empty();
    }
    ServerEntry entry = address(service, instance.get("Node"));
    if (!weight.isEmpty() && !weight.equals("1")) {
      entry = entry.with("weight", weight.equals("0") ? "1" : weight);
    }
    entry = with(entry, "zone", place("zone", zoneTag, "Zone", instance));
    entry = with(entry, "region", place("region", regionTag, "Region", instance));
    Json meta = service.get("Meta");
    entry = with(entry, "max_conns", meta.get("max_conns").text());
    if (meta.get("backup").text().equals("true")) {
      entry = entry.with("backup");
    }
    return Optional.of(health == Health.MAINTENANCE ? entry.with("drain") : entry);
  }

  private static ServerEntry with(ServerEntry entry, String attribute, String value) {
    return value.isEmpty() ? entry : entry.with(attribute, value);
  }

  /** A port that is none is for the mesh to refuse, with a word on it. */
  private static ServerEntry address(Json service, Json node) {
    String own = service.get("Address").text();
    String host = own.isEmpty() ? node.get("Address").text() : own;
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new ServerEntry(List.of(shown + ":" + service.get("Port").text()));
  }

  private static Health health(Json checks) {
    Health worst = Health.PASSING;
    for (Json check : checks.elements()) {
      String id = check.get("CheckID").text();
      if (id.equals(NODE_MAINTENANCE) || id.startsWith(SERVICE_MAINTENANCE)) {
        return Health.MAINTENANCE;
      }
      Health health =
          switch (check.get("Status").text()) {
            case "passing" -> Health.PASSING;
            case "warning" -> Health.WARNING;
            default -> Health.CRITICAL;
          };
      worst = health.compareTo(worst) > 0 ? health : worst;
    }
    return worst;
  }

  /** A tag says it first, then the service's metadata, then its or its node's locality. */
  private static String place(String meta, String tag, String locality, Json instance) {
    Json service = instance.get("Service");
    for (Json text : service.get("Tags").elements()) {
      if (text.text().startsWith(tag)) {
        return text.text().substring(tag.length());
      }
    }
    Json node = instance.get("Node");
    for (String known :
        new String[] {
          service.get("Meta").get(meta).text(),
          service.get("Locality").get(locality).text(),
          node.get("Locality").get(locality).text(),
          node.get("Meta").get(meta).text()
        }) {
      if (!known.isEmpty()) {
        return known;
      }
    }
    return "";
  }
}
