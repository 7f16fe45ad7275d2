package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.server.SourceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The keys of {@code consul}. */
final class ConsulKeys {

  /** Where an agent listens on each machine. */
  static final String AGENT = "127.0.0.1:8500";

  static final SourceKey<String> TOKEN =
      SourceKey.secret("token", "The ACL token, sent as X-Consul-Token.");

  static final SourceKey<String> DATACENTER =
      SourceKey.text("datacenter", "The datacenter; the agent's if unset.");

  static final SourceKey<String> NAMESPACE =
      SourceKey.text("namespace", "The namespace, which Consul Enterprise has.");

  static final SourceKey<String> PARTITION =
      SourceKey.text("partition", "The admin partition, which Consul Enterprise has.");

  static final SourceKey<String> HEALTH =
      SourceKey.word(
          "health",
          List.of("passing", "warning"),
          "Whether servers are listed whose checks all pass, or those with a warning too.");

  static final SourceKey<String> FILTER =
      SourceKey.text("filter", "A filter in Consul's words, like Service.Tags contains \"v2\".");

  static final SourceKey<String> ZONE_TAG =
      SourceKey.text("zone-tag", "What a tag begins with that says the zone.").orElse("zone=");

  static final SourceKey<String> REGION_TAG =
      SourceKey.text("region-tag", "What a tag begins with that says the region.")
          .orElse("region=");

  static final SourceKey<String> CONSISTENCY =
      SourceKey.word(
          "consistency",
          List.of("default", "stale", "consistent", "cached"),
          "How fresh an answer has to be, in Consul's words; cached is its agent's cache.");

  static final SourceKey<Duration> WAIT =
      SourceKey.duration(
          "wait",
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          "10s",
          "How long Consul holds a query back when nothing changes.");

  static final SourceKey<Duration> TTL =
      SourceKey.duration(
          "ttl",
          Duration.ofSeconds(1),
          Duration.ofMinutes(10),
          "10s",
          "How long a registration of this process holds without being renewed.");

  private ConsulKeys() {}

  static List<SourceKey<?>> all() {
    List<SourceKey<?>> keys = new ArrayList<>(HttpKeys.all());
    keys.addAll(
        List.of(
            TOKEN,
            DATACENTER,
            NAMESPACE,
            PARTITION,
            HEALTH,
            FILTER,
            ZONE_TAG,
            REGION_TAG,
            CONSISTENCY,
            WAIT,
            TTL));
    return List.copyOf(keys);
  }
}
