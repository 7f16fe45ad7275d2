package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.Credentials;
import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code consul}. */
public final class ConsulSourceFactory implements ServerSourceFactory {

  /** For {@link java.util.ServiceLoader}. */
  public ConsulSourceFactory() {}

  @Override
  public String type() {
    return "consul";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return ConsulKeys.all();
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new ConsulSource(
        HttpKeys.client(settings, ConsulKeys.AGENT, credentials(settings)), settings);
  }

  /** With the first address alone: an agent knows what was registered with it, and no other's. */
  @Override
  public Optional<Registrar> registrar(SourceSettings settings) {
    return Optional.of(
        new ConsulRegistrar(
            HttpKeys.clientOfFirst(settings, ConsulKeys.AGENT, credentials(settings)), settings));
  }

  private static Credentials credentials(SourceSettings settings) {
    return Credentials.header("X-Consul-Token", settings.value(ConsulKeys.TOKEN));
  }
}
