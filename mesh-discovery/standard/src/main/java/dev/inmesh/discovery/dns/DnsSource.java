package dev.inmesh.discovery.dns;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.util.List;

/** Server lists from the addresses of names. */
final class DnsSource implements ServerSource {

  private final Lookup lookup;
  private final Family family;
  private final int port;
  private final Schedule schedule;

  DnsSource(Lookup lookup, Family family, int port, Schedule schedule) {
    this.lookup = lookup;
    this.family = family;
    this.port = port;
    this.schedule = schedule;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    NamedPort named = NamedPort.of(service, port);
    while (true) {
      Lookup.Found found = family.find(type -> lookup.find(named.name(), type));
      List<ServerEntry> entries =
          found.records().stream()
              .map(record -> Lookup.address(record).getHostAddress())
              .map(host -> ServerEntry.of(host, named.port()))
              .toList();
      boolean settled = listing.list(entries);
      Thread.sleep(schedule.waitMillis(found.ttlSeconds(), settled));
    }
  }

  @Override
  public void close() {}
}
