package dev.inmesh.simulation;

import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Settings as users write them: by keys, here without their prefix. */
final class Keys {

  private static final String PREFIX = "mesh.upstream.u.";

  private Keys() {}

  static UpstreamSettings settings(Map<String, String> keys) {
    Map<String, String> full = new HashMap<>();
    keys.forEach((key, value) -> full.put(PREFIX + key, value));
    return Objects.requireNonNull(
        Configuration.open(Sources.of(full)).current().settings().upstreams().get("u"));
  }
}
