package dev.inmesh.discovery.file;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class FileRollingRestartTest extends RollingRestartContract {

  private final Path folder;

  FileRollingRestartTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new ServerFiles(folder, "servers.conf");
  }

  @Override
  protected boolean isWrittenByServers() {
    return false;
  }
}
