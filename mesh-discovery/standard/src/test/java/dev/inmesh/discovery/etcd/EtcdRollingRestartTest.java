package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;

/** Against a real etcd, where it is installed. */
final class EtcdRollingRestartTest extends RollingRestartContract {

  private final Path folder;

  EtcdRollingRestartTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    if (Etcd.program().isEmpty()) {
      System.out.println("EtcdRollingRestartTest: skipped: no etcd on this machine");
    }
    Assumptions.assumeTrue(Etcd.program().isPresent(), "no etcd on this machine");
    return new Etcd(folder.resolve("data"));
  }
}
