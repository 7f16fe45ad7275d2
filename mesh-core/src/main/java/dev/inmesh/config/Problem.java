package dev.inmesh.config;

/**
 * One thing that is wrong with the configuration, fit to be shown: without credentials, short, on
 * one line. Immutable.
 *
 * @param code stable, like {@code MESH-C01}; docs/configuration.md lists them
 * @param key the key, as it was written
 * @param message what is wrong, the value, and what mends it
 * @param source who wrote it, like {@code system property} or {@code file /etc/mesh.properties}
 */
public record Problem(String code, String key, String message, String source) {

  /** Takes credentials, control characters and excess length out of the key. */
  public Problem {
    key = Echo.key(key);
  }

  /** {@code MESH-C01 <key>: <message> [<source>]}. */
  @Override
  public String toString() {
    return code + " " + key + ": " + message + " [" + source + "]";
  }
}
