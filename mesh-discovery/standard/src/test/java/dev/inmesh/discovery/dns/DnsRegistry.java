package dev.inmesh.discovery.dns;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Record;

/** A name server that lists servers by their addresses, or by SRV records. */
final class DnsRegistry implements TestRegistry {

  private static final long TTL = 1;
  private static final String NAME = "inventory.test";

  private final DnsServer server = new DnsServer();
  private final int port;
  private final boolean srv;

  DnsRegistry(int port, boolean srv) throws IOException {
    this.port = port;
    this.srv = srv;
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", srv ? "dns-srv" : "dns", "address", server.address(), "timeout", "500ms");
  }

  @Override
  public String service() {
    return srv ? NAME : NAME + ":" + port;
  }

  @Override
  public void list(List<ServerEntry> entries) {
    List<Record> records = new ArrayList<>();
    for (ServerEntry entry : entries) {
      int colon = entry.address().lastIndexOf(':');
      String host = entry.address().substring(0, colon);
      if (srv) {
        String target = "t" + records.size() + ".test";
        int entryPort = Integer.parseInt(entry.address().substring(colon + 1));
        records.add(DnsServer.service(NAME, TTL, 1, 1, entryPort, target));
        records.add(DnsServer.address(target, TTL, host));
      } else {
        records.add(DnsServer.address(NAME, TTL, host));
      }
    }
    server.set(records);
  }

  @Override
  public void kill() throws IOException {
    server.kill();
  }

  @Override
  public void restart() throws IOException {
    server.restart();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
