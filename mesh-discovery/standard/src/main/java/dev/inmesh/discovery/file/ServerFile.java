package dev.inmesh.discovery.file;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonEntry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a file of servers says: JSON where its name ends in {@code .json}, else lines as nginx
 * writes them.
 */
final class ServerFile {

  private ServerFile() {}

  /**
   * The entries for a service.
   *
   * @throws IOException if the file is not whole or not of its form
   */
  static List<ServerEntry> parse(byte[] content, Path path, String service) throws IOException {
    boolean json = path.toString().toLowerCase(Locale.ROOT).endsWith(".json");
    try {
      return json ? json(Json.parse(content), service) : lines(text(content));
    } catch (IOException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private static String text(byte[] content) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8", e);
    }
  }

  /** One server per line, with or without nginx's {@code server} and {@code ;}. */
  private static List<ServerEntry> lines(String text) throws IOException {
    if (!text.endsWith("\n")) {
      // Half of "10.0.0.3:5000" is a server too: 10.0.0.3:50.
      throw new IOException("its last line has no end, so it may be half written");
    }
    List<ServerEntry> entries = new ArrayList<>();
    for (String written : text.split("\n", -1)) {
      int comment = written.indexOf('#');
      String line = (comment < 0 ? written : written.substring(0, comment)).strip();
      if (line.endsWith(";")) {
        line = line.substring(0, line.length() - 1).strip();
      }
      if (line.startsWith("server ") || line.startsWith("server\t")) {
        line = line.substring("server".length()).strip();
      }
      if (!line.isEmpty()) {
        entries.add(ServerEntry.line(line));
      }
    }
    return entries;
  }

  /** An array of servers, or an object with one for each service. */
  private static List<ServerEntry> json(Json json, String service) throws IOException {
    Json list = json.isObject() ? json.get(service) : json;
    if (json.isObject() && !json.fields().containsKey(service)) {
      throw new IOException("it has no service '" + service + "'");
    }
    if (!list.isArray()) {
      throw new IOException("its servers are no array");
    }
    return list.elements().stream().map(JsonEntry::of).toList();
  }
}
