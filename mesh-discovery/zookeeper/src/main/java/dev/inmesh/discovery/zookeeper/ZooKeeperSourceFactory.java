package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.common.PathUtils;

/** Makes the sources and registrars of type {@code zookeeper}. */
public final class ZooKeeperSourceFactory implements ServerSourceFactory {

  static final SourceKey<List<String>> ADDRESS =
      SourceKey.addresses("address", "ZooKeeper's servers, host:port.").required();
  static final SourceKey<String> BASE =
      SourceKey.text("base", "The node under which each service has a node.")
          .orElse("/services")
          .checked(ZooKeeperSourceFactory::pathRefusal);
  static final SourceKey<String> FORMAT =
      SourceKey.word(
          "format",
          List.of("auto", "lines", "curator"),
          "How nodes say what a server is; auto reads both and writes lines.");
  static final SourceKey<String> DIGEST =
      SourceKey.secret("digest", "user:password for ZooKeeper's scheme digest.")
          .checked(
              digest ->
                  digest.indexOf(':') > 0
                      ? Optional.empty()
                      : Optional.of("has no user; write user:password"));
  static final SourceKey<Duration> SESSION_TIMEOUT =
      SourceKey.duration(
          "session-timeout",
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          "10s",
          "How long a session outlives its connection; ZooKeeper has bounds of its own.");

  /** For {@link java.util.ServiceLoader}. */
  public ZooKeeperSourceFactory() {}

  @Override
  public String type() {
    return "zookeeper";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of(ADDRESS, BASE, FORMAT, DIGEST, SESSION_TIMEOUT);
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    return pathRefusal(path(settings, service));
  }

  private static Optional<String> pathRefusal(String path) {
    try {
      PathUtils.validatePath(path);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("is no path of a node; write one like /services, or its last part");
    }
  }

  static String path(SourceSettings settings, String service) {
    String base = settings.value(BASE);
    return (base.equals("/") ? "" : base) + "/" + service;
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new ZooKeeperSource(
        new ZooKeeperClient(settings), settings, NodeFormat.of(settings.value(FORMAT)));
  }

  @Override
  public Optional<Registrar> registrar(SourceSettings settings) {
    return Optional.of(
        new ZooKeeperRegistrar(
            new ZooKeeperClient(settings), settings, NodeFormat.of(settings.value(FORMAT))));
  }
}
