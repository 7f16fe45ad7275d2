package dev.inmesh.discovery.json;

import dev.inmesh.server.ServerEntry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a server, so that it can be read again as a line or as {@link JsonEntry}. */
public final class EntryText {

  private EntryText() {}

  /** A line, or JSON where a value has blanks. */
  public static String of(ServerEntry entry) {
    String line = String.join(" ", entry.words());
    return ServerEntry.line(line).equals(entry)
        ? line
        : new String(JsonText.of(object(entry)), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> object(ServerEntry entry) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("address", entry.address());
    attributes(entry).forEach((name, value) -> object.put(name, value.isEmpty() ? true : value));
    return object;
  }

  /** The attributes by name; one that says something by being there has no value. */
  public static Map<String, String> attributes(ServerEntry entry) {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String word : entry.words().subList(1, entry.words().size())) {
      int equals = word.indexOf('=');
      attributes.put(
          equals < 0 ? word : word.substring(0, equals),
          equals < 0 ? "" : word.substring(equals + 1));
    }
    return attributes;
  }
}
