package dev.inmesh.config;

import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceSettings;
import java.util.List;
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

  /**
   * Makes a registrar for one server.
   *
   * @throws IllegalArgumentException if it can't have such an entry; the message says why
   */
  public Registrar registrar(String service, ServerEntry entry) {
    String registry = "registry '" + id() + "' ";
    EntryCheck.Checked checked = new EntryCheck(AllowedNetworks.ANY).check(List.of(entry));
    if (!checked.dropped().isEmpty()) {
      throw new IllegalArgumentException(checked.dropped().get(0));
    }
    if (checked.servers().get(0).drain()) {
      throw new IllegalArgumentException("drain is not to be set; remove it");
    }
    refusal(service)
        .ifPresent(
            refusal -> {
              throw new IllegalArgumentException(
                  registry + "can't have service " + Echo.quoted(service) + ", which " + refusal);
            });
    return factory
        .flatMap(f -> f.registrar(settings))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    registry
                        + "is of type "
                        + type()
                        + ", which can only be read; register with one of type "
                        + String.join(", ", RegistryTypes.WRITABLE)));
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
