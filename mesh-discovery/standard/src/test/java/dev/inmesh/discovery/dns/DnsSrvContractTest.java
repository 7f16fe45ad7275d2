package dev.inmesh.discovery.dns;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.util.List;

final class DnsSrvContractTest extends ServerSourceContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new DnsRegistry(port, true);
  }

  @Override
  protected List<ServerEntry> poisons() {
    return List.of(ServerEntry.of("192.0.2.7", 80), ServerEntry.of("127.0.0.9", 0));
  }
}
