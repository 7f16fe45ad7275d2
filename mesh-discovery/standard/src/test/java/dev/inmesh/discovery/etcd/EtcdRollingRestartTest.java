package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where it is installed. */
final class EtcdRollingRestartTest extends RollingRestartContract {

  private final Path folder;

  EtcdRollingRestartTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new Etcd(folder.resolve("data"));
  }
}
