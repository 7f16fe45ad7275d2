package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.http.JsonStream;
import dev.inmesh.discovery.http.Pace;
import dev.inmesh.discovery.http.Quiet;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Server lists from etcd: all keys below a prefix, and a watch from there on. A watch is begun anew
 * every few seconds, and etcd asked how many keys there are and which changed last, by a read that
 * needs a majority: a watch alone would be silent for ever when its connection, or the member's to
 * all others, is dead, or when etcd was set back to a copy of itself.
 */
final class EtcdSource implements ServerSource {

  private final EtcdClient etcd;
  private final SourceSettings settings;
  private final Duration confirm;

  EtcdSource(EtcdClient etcd, SourceSettings settings) {
    this.etcd = etcd;
    this.settings = settings;
    this.confirm = settings.value(EtcdKeys.CONFIRM);
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    KeyRange range = KeyRange.of(EtcdKeys.prefix(settings, service));
    Pace pace = new Pace();
    while (true) {
      pace.await();
      Servers servers = new Servers(range, etcd.call(range.message(), "v3", "kv", "range"));
      boolean settled = listing.list(servers.entries());
      while (settled) {
        pace.await();
        settled = watch(range, servers, listing) && confirm(range, servers, listing);
      }
      Thread.sleep(Pace.CONFIRM.toMillis());
    }
  }

  /**
   * Watches for a while.
   *
   * @return false if all must be listed anew
   */
  private boolean watch(KeyRange range, Servers servers, Listing listing)
      throws IOException, InterruptedException {
    Map<String, Object> create = range.message();
    create.put("start_revision", servers.revision() + 1);
    create.put("progress_notify", true);
    Quiet quiet = new Quiet();
    List<ServerEntry> told = servers.entries();
    long end = System.nanoTime() + confirm.toNanos();
    try (JsonStream stream = etcd.stream(Map.of("create_request", create), "v3", "watch")) {
      for (long left = confirm.toNanos(); left > 0; left = end - System.nanoTime()) {
        Optional<Json> message = stream.next(quiet.wait(Duration.ofNanos(left)));
        if (message.isPresent()) {
          if (!apply(message.get(), servers, stream)) {
            return false;
          }
          quiet.changed();
        }
        if (quiet.isDue(message.isPresent())) {
          List<ServerEntry> now = servers.entries();
          if (!now.equals(told) && !listing.list(now)) {
            return false;
          }
          told = now;
        }
        if (stream.isOver()) {
          break;
        }
      }
    }
    // What has come in the last moment.
    return servers.entries().equals(told) || listing.list(servers.entries());
  }

  private boolean apply(Json message, Servers servers, JsonStream stream) throws IOException {
    Json result = message.get("result");
    if (!result.isObject()) {
      String words = message.get("error").get("message").text();
      etcd.forgetToken();
      throw stream.because(words.isEmpty() ? "its watch says nonsense" : words);
    }
    if (result.get("canceled").text().equals("true")) {
      if (!result.get("compact_revision").text().isEmpty()) {
        return false;
      }
      // It may have been the token.
      etcd.forgetToken();
      throw stream.because("its watch is canceled: " + result.get("cancel_reason").text());
    }
    if (result.get("events").elements().isEmpty()) {
      if (!result.get("created").text().equals("true")) {
        // It tells how far it is.
        servers.seen(result.get("header").get("revision"));
      }
      return true;
    }
    servers.apply(result.get("events"));
    return true;
  }

  /**
   * Asks whether etcd is there, has a majority, and is the one that was listed.
   *
   * @return false if it has other servers than are known, which its watch should have said
   */
  private boolean confirm(KeyRange range, Servers servers, Listing listing)
      throws IOException, InterruptedException {
    Map<String, Object> last = range.message();
    last.put("sort_target", "MOD");
    last.put("sort_order", "DESCEND");
    last.put("limit", 1);
    last.put("keys_only", true);
    if (!servers.areAsIn(etcd.call(last, "v3", "kv", "range"))) {
      return false;
    }
    listing.unchanged();
    return true;
  }

  @Override
  public void close() {
    etcd.close();
  }
}
