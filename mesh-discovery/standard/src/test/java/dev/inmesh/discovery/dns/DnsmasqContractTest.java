package dev.inmesh.discovery.dns;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** The same against dnsmasq, where it is installed (Debian's package {@code dnsmasq-base}). */
final class DnsmasqContractTest extends ServerSourceContract {

  private final Path folder;

  DnsmasqContractTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new Dnsmasq(folder, port);
  }

  @Override
  protected List<ServerEntry> poisons() {
    return List.of(ServerEntry.of("192.0.2.7", 80));
  }
}
