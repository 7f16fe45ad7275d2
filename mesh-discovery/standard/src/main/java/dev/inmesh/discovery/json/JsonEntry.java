package dev.inmesh.discovery.json;

import dev.inmesh.server.ServerEntry;
import java.util.List;
import java.util.Map;

/** A server as JSON. */
public final class JsonEntry {

  private JsonEntry() {}

  /** {@code "10.0.0.3:5000 weight=5"} or {@code {"address": "10.0.0.3:5000", "weight": 5}}. */
  public static ServerEntry of(Json json) {
    if (!json.isObject()) {
      return ServerEntry.line(json.text());
    }
    ServerEntry entry = new ServerEntry(List.of(json.get("address").text()));
    for (Map.Entry<String, Json> field : json.fields().entrySet()) {
      String value = field.getValue().text();
      if (field.getKey().equals("address") || value.equals("false")) {
        continue;
      }
      entry = value.equals("true") ? entry.with(field.getKey()) : entry.with(field.getKey(), value);
    }
    return entry;
  }
}
