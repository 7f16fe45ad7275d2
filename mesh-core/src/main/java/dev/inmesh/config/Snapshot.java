package dev.inmesh.config;

import java.util.List;

/**
 * The configuration that holds, with what it was made from. Immutable.
 *
 * @param version 1 at the start, one more with each change
 * @param entries the keys that are set, in their order
 */
public record Snapshot(int version, MeshSettings settings, List<Entry> entries) {

  /**
   * A key that is set, fit to be shown.
   *
   * @param value as it was written, without credentials
   * @param source who wrote it, like {@code system property}
   * @param shadows values that this one hides, each with its source: {@code 250ms (code)}
   */
  public record Entry(String key, String value, String source, List<String> shadows) {}
}
