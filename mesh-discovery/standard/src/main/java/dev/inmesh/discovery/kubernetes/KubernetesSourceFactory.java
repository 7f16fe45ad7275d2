package dev.inmesh.discovery.kubernetes;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code kubernetes}. */
public final class KubernetesSourceFactory implements ServerSourceFactory {

  private final ServiceAccount account;

  /** For {@link java.util.ServiceLoader}. */
  public KubernetesSourceFactory() {
    this(ServiceAccount.ofThisPod());
  }

  KubernetesSourceFactory(ServiceAccount account) {
    this.account = account;
  }

  @Override
  public String type() {
    return "kubernetes";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return KubernetesKeys.all();
  }

  @Override
  public Optional<String> refusal(String service, SourceSettings settings) {
    return ServiceName.of(service).isPresent()
        ? Optional.empty()
        : Optional.of("is no service; write service, service.namespace or service.namespace:port");
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new KubernetesSource(account.client(settings), account, settings);
  }
}
