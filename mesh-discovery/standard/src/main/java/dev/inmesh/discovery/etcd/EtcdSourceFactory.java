package dev.inmesh.discovery.etcd;

import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Optional;

/** Makes the sources of type {@code etcd}. */
public final class EtcdSourceFactory implements ServerSourceFactory {

  /** For {@link java.util.ServiceLoader}. */
  public EtcdSourceFactory() {}

  @Override
  public String type() {
    return "etcd";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return EtcdKeys.all();
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return new EtcdSource(new EtcdClient(settings), settings);
  }

  @Override
  public Optional<Registrar> registrar(SourceSettings settings) {
    return Optional.of(new EtcdRegistrar(new EtcdClient(settings), settings));
  }
}
