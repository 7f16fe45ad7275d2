package dev.inmesh.config;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceSettings;
import java.util.Optional;

/**
 * A registry of the configuration. Immutable; equal when the source that it makes would be the
 * same.
 */
public final class RegistrySettings {

  private final SourceSettings settings;
  private final Optional<ServerSourceFactory> factory;

  /**
   * @param factory empty where the type is missing, which is a problem of its own
   */
  RegistrySettings(SourceSettings settings, Optional<ServerSourceFactory> factory) {
    this.settings = settings;
    this.factory = factory;
  }

  /** Its id. */
  public String id() {
    return settings.id();
  }

  /** Its type, like {@code dns}. */
  public String type() {
    return settings.type();
  }

  /** Makes a source of it. */
  public ServerSource open() {
    return factory.orElseThrow().open(settings);
  }

  Optional<String> refusal(String service) {
    return factory.flatMap(f -> f.refusal(service, settings));
  }

  /** A text as it may stand in a message: without credentials, short, on one line. */
  public String shown(String text) {
    String safe = text;
    if (factory.isPresent()) {
      for (String secret : settings.secrets(factory.get().keys())) {
        safe = safe.replace(secret, Redaction.MASK);
      }
    }
    return Echo.key(safe);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof RegistrySettings other && settings.equals(other.settings);
  }

  @Override
  public int hashCode() {
    return settings.hashCode();
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
