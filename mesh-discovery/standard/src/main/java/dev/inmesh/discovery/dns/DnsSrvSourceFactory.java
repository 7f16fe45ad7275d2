package dev.inmesh.discovery.dns;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code dns-srv}: SRV records with ports, weights and priorities. */
public final class DnsSrvSourceFactory implements ServerSourceFactory {

  static final SourceKey<String> TARGETS =
      SourceKey.word(
          "targets",
          List.of("address", "name"),
          "Whether servers are listed by the addresses of their names, or by the names.");

  /** For {@link java.util.ServiceLoader}. */
  public DnsSrvSourceFactory() {}

  @Override
  public String type() {
    return "dns-srv";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of(
        DnsKeys.ADDRESS,
        TARGETS,
        DnsKeys.FAMILY,
        DnsKeys.TIMEOUT,
        DnsKeys.MIN_TTL,
        DnsKeys.MAX_TTL);
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    return DnsKeys.refusal(service);
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new DnsSrvSource(
        DnsKeys.lookup(settings),
        Family.of(settings.value(DnsKeys.FAMILY)),
        settings.value(TARGETS).equals("name"),
        DnsKeys.schedule(settings));
  }
}
