package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings of a registry, for tests. */
final class Settings {

  private Settings() {}

  static SourceSettings of(String address, String format, String digest) {
    return new SourceSettings(
        "zk",
        "zookeeper",
        Map.of(
            "address",
            List.of(address),
            "base",
            "/services",
            "format",
            format,
            "digest",
            digest,
            "session-timeout",
            Duration.ofSeconds(10)));
  }
}
