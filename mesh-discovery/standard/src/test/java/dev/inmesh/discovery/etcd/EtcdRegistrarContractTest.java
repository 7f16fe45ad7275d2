package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.contract.RegistrarContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where it is installed. */
final class EtcdRegistrarContractTest extends RegistrarContract {

  private final Path folder;

  EtcdRegistrarContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new Etcd(folder.resolve("data"));
  }
}
