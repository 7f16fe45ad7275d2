package dev.inmesh.discovery.file;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class LinesContractTest extends ServerSourceContract {

  private final Path folder;

  LinesContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new ServerFiles(folder, "servers.conf");
  }
}
