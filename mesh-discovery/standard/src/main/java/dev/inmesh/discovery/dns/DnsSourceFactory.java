package dev.inmesh.discovery.dns;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code dns}: a name's addresses, with one port. */
public final class DnsSourceFactory implements ServerSourceFactory {

  /** For {@link java.util.ServiceLoader}. */
  public DnsSourceFactory() {}

  @Override
  public String type() {
    return "dns";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of(
        DnsKeys.ADDRESS,
        DnsKeys.PORT,
        DnsKeys.FAMILY,
        DnsKeys.TIMEOUT,
        DnsKeys.MIN_TTL,
        DnsKeys.MAX_TTL);
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    NamedPort named = NamedPort.of(service, settings.value(DnsKeys.PORT));
    if (named.port() < 1 || named.port() > 65_535) {
      return Optional.of(
          "has no port; set discovery.service to name:port, or mesh.discovery."
              + settings.id()
              + ".port");
    }
    return DnsKeys.refusal(named.name());
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new DnsSource(
        DnsKeys.lookup(settings),
        Family.of(settings.value(DnsKeys.FAMILY)),
        settings.value(DnsKeys.PORT),
        DnsKeys.schedule(settings));
  }
}
