package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonEntry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The servers of a service by their keys, as of a revision. Not safe for concurrent use. */
final class Servers {

  private final KeyRange range;
  private final Map<String, Known> byKey = new LinkedHashMap<>();
  private final String cluster;
  private long revision;

  private record Known(ServerEntry entry, long changedAt) {}

  /**
   * Those that a range lists.
   *
   * @throws IOException if it isn't an answer of etcd
   */
  Servers(KeyRange range, Json listed) throws IOException {
    this.range = range;
    cluster = listed.get("header").get("cluster_id").text();
    revision = revision(listed.get("header").get("revision"));
    for (Json kv : listed.get("kvs").elements()) {
      put(kv);
    }
  }

  /** Takes events over. */
  void apply(Json events) throws IOException {
    for (Json event : events.elements()) {
      Json kv = event.get("kv");
      if (event.get("type").text().equals("DELETE")) {
        byKey.remove(kv.get("key").text());
      } else {
        put(kv);
      }
      // Not the header's, which may be ahead of events that are still to come.
      seen(kv.get("mod_revision"));
    }
  }

  /** All up to a revision is known. */
  void seen(Json known) throws IOException {
    revision = Math.max(revision, revision(known));
  }

  private static long revision(Json json) throws IOException {
    String text = json.text();
    if (!text.matches("[0-9]{1,18}")) {
      throw new IOException("it says no revision; is it etcd?");
    }
    return Long.parseLong(text);
  }

  private void put(Json kv) throws IOException {
    byKey.put(
        kv.get("key").text(),
        new Known(entry(kv.get("value").text()), revision(kv.get("mod_revision"))));
  }

  /**
   * Whether an answer tells of the same keys, as far as it can: of as many, the same one changed
   * last, by the same cluster, which hasn't gone back behind what is known.
   *
   * @param last an answer with the key that was changed last, and how many there are
   */
  boolean areAsIn(Json last) throws IOException {
    Json header = last.get("header");
    String many = last.get("count").text();
    long changedAt = 0;
    for (Json kv : last.get("kvs").elements()) {
      changedAt = Math.max(changedAt, revision(kv.get("mod_revision")));
    }
    // None is left out.
    return (many.isEmpty() ? "0" : many).equals(Integer.toString(byKey.size()))
        && changedAt == byKey.values().stream().mapToLong(Known::changedAt).max().orElse(0)
        && revision(header.get("revision")) >= revision
        && header.get("cluster_id").text().equals(cluster);
  }

  /** One that can't be read is for the mesh to drop, as all that can't be used. */
  private static ServerEntry entry(String base64) {
    String text;
    try {
      text = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
    } catch (IllegalArgumentException e) {
      return new ServerEntry(List.of(base64));
    }
    if (!text.startsWith("{") && !text.startsWith("\"")) {
      return ServerEntry.line(text);
    }
    try {
      return JsonEntry.of(Json.parse(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      return new ServerEntry(List.of(text));
    }
  }

  /** A key for the folder itself is no server. */
  List<ServerEntry> entries() {
    return byKey.entrySet().stream()
        .filter(known -> !known.getKey().equals(range.key()))
        .map(known -> known.getValue().entry())
        .toList();
  }

  /** Of the last change that is known. */
  long revision() {
    return revision;
  }
}
