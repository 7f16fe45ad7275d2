package dev.inmesh.server;

import java.util.List;
import java.util.Optional;

/**
 * Makes the {@link ServerSource}s of one {@code mesh.discovery.<id>.type}, and its {@link
 * Registrar}s where it can be written to. Found by {@link java.util.ServiceLoader}.
 */
public interface ServerSourceFactory {

  /** The type, like {@code dns}. */
  String type();

  /** The keys that {@code mesh.discovery.<id>.} takes beside {@code type}. */
  List<SourceKey<?>> keys();

  /**
   * Says why a service can't be asked of such a registry.
   *
   * @return what is wrong with it and what mends it, like {@code "has no port; write name:port"};
   *     empty when nothing is
   */
  default Optional<String> refusal(String service, SourceSettings settings) {
    return Optional.empty();
  }

  /** Makes a source. Connects to nothing and starts nothing yet: that is for whoever follows. */
  ServerSource open(SourceSettings settings);

  /**
   * Makes a registrar for one server. Connects to nothing and starts nothing yet.
   *
   * @return empty when this type can only be read, as by default
   */
  default Optional<Registrar> registrar(SourceSettings settings) {
    return Optional.empty();
  }
}
