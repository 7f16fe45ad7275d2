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
    entry.attributes().forEach((name, value) -> object.put(name, value.isEmpty() ? true : value));
    return object;
  }
}
