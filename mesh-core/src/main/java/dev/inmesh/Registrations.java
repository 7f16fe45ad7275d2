package dev.inmesh;

import dev.inmesh.config.Configuration;
import dev.inmesh.config.RegistrySettings;
import dev.inmesh.registry.Registrant;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** The registrations of a mesh that are open. Safe for concurrent use. */
final class Registrations implements AutoCloseable {

  private final Configuration configuration;

  // Both guarded by this.
  private final Set<Registrant> open = new HashSet<>();
  private boolean closed;

  Registrations(Configuration configuration) {
    this.configuration = configuration;
  }

  synchronized Registrant start(
      String registry,
      String service,
      ServerEntry entry,
      BooleanSupplier health,
      Duration healthPeriod) {
    if (closed) {
      throw new IllegalStateException("the mesh is closed");
    }
    Map<String, RegistrySettings> registries = configuration.current().settings().registries();
    RegistrySettings settings = registries.get(registry);
    if (settings == null) {
      throw new IllegalArgumentException(
          "no registry '"
              + registry
              + "': configured are "
              + registries.keySet().stream().sorted().toList()
              + "; set mesh.discovery."
              + registry
              + ".type");
    }
    for (Registrant other : open) {
      if (other.isOf(registry, service, entry)) {
        throw new IllegalStateException(other + "; close that registration first");
      }
    }
    Registrant registrant =
        new Registrant(
            settings, settings.registrar(service, entry), service, entry, health, healthPeriod);
    registrant.start();
    open.add(registrant);
    return registrant;
  }

  synchronized void forget(Registrant registrant) {
    open.remove(registrant);
  }

  @Override
  public void close() {
    List<Registrant> left;
    synchronized (this) {
      closed = true;
      left = List.copyOf(open);
      open.clear();
    }
    left.forEach(registrant -> registrant.leave(Duration.ZERO));
  }
}
