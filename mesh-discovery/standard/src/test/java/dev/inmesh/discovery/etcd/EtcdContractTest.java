package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where it is installed (Debian's package {@code etcd-server}). */
final class EtcdContractTest extends ServerSourceContract {

  private final Path folder;

  EtcdContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new Etcd(folder.resolve("data"));
  }
}
