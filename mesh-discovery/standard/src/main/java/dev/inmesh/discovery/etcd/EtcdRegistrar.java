package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.json.EntryText;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Writes a key, named after the server's address, which goes with a lease of this registrar's own
 * when that isn't renewed.
 */
final class EtcdRegistrar implements Registrar {

  private final EtcdClient etcd;
  private final SourceSettings settings;
  private final Duration time;

  /** Empty while there is none. */
  private String lease = "";

  EtcdRegistrar(EtcdClient etcd, SourceSettings settings) {
    this.etcd = etcd;
    this.settings = settings;
    this.time = settings.value(EtcdKeys.LEASE);
  }

  @Override
  public void register(String service, ServerEntry entry) throws IOException, InterruptedException {
    if (lease.isEmpty() || !isKept()) {
      lease = granted();
    }
    String key = key(service, entry);
    String value = KeyRange.base64(EntryText.of(entry).getBytes(StandardCharsets.UTF_8));
    // Written when it isn't there, or is a former process's, and goes with its lease.
    Json unused =
        etcd.call(
            Map.of(
                "compare",
                List.of(
                    Map.of("key", key, "target", "VALUE", "result", "EQUAL", "value", value),
                    Map.of("key", key, "target", "LEASE", "result", "EQUAL", "lease", lease)),
                "failure",
                List.of(Map.of("request_put", Map.of("key", key, "value", value, "lease", lease)))),
            "v3",
            "kv",
            "txn");
  }

  private String key(String service, ServerEntry entry) {
    String key = EtcdKeys.prefix(settings, service) + entry.address();
    return KeyRange.base64(key.getBytes(StandardCharsets.UTF_8));
  }

  /** Renews the lease, if it is still there. */
  private boolean isKept() throws IOException, InterruptedException {
    Json left = etcd.call(Map.of("ID", lease), "v3", "lease", "keepalive").get("result").get("TTL");
    return !left.text().isEmpty() && !left.text().equals("0");
  }

  private String granted() throws IOException, InterruptedException {
    Json answer = etcd.call(Map.of("TTL", Long.toString(time.toSeconds())), "v3", "lease", "grant");
    String given = answer.get("ID").text();
    if (given.isEmpty()) {
      throw new IOException("it gives no lease; is it etcd?");
    }
    return given;
  }

  @Override
  public void deregister(String service, ServerEntry entry)
      throws IOException, InterruptedException {
    Json unused = etcd.call(Map.of("key", key(service, entry)), "v3", "kv", "deleterange");
    if (!lease.isEmpty()) {
      String ended = lease;
      lease = "";
      try {
        unused = etcd.call(Map.of("ID", ended), "v3", "lease", "revoke");
      } catch (IOException e) {
        // It expires, and nothing goes with it.
      }
    }
  }

  @Override
  public boolean canDrain() {
    return true;
  }

  /** A renewal that comes late four times loses nothing. */
  @Override
  public Duration renewal() {
    return time.dividedBy(5);
  }

  @Override
  public void close() {
    etcd.close();
  }
}
