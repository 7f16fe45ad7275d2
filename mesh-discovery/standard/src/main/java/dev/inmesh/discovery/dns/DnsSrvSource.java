package dev.inmesh.discovery.dns;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.Name;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/**
 * Server lists from SRV records (RFC 2782): the lowest priority is used, all others are backups;
 * weights are the servers' weights, of which 0 counts as 1.
 */
final class DnsSrvSource implements ServerSource {

  private final Lookup lookup;
  private final Family family;
  private final boolean byName;
  private final Schedule schedule;
  private final Map<String, Targets> targets = new ConcurrentHashMap<>();

  DnsSrvSource(Lookup lookup, Family family, boolean byName, Schedule schedule) {
    this.lookup = lookup;
    this.family = family;
    this.byName = byName;
    this.schedule = schedule;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    Targets known = targets.computeIfAbsent(service, name -> new Targets(lookup, family));
    while (true) {
      Lookup.Found found = lookup.find(service, Type.SRV);
      Targets.Round round = known.of(found);
      List<ServerEntry> entries = entries(found, round);
      if (round.isPartial()) {
        // What is news already waits for no name server that may be silent.
        boolean unused = listing.list(entries);
      }
      round.rest();
      entries = entries(found, round);
      round.end();
      boolean settled = listing.list(entries);
      Thread.sleep(schedule.waitMillis(round.ttlSeconds(), settled));
    }
  }

  private List<ServerEntry> entries(Lookup.Found found, Targets.Round round)
      throws InterruptedException {
    List<SRVRecord> records = new ArrayList<>();
    for (org.xbill.DNS.Record record : found.records()) {
      // A dot as the only target says that the service is not to be had here.
      if (record instanceof SRVRecord srv && !srv.getTarget().equals(Name.root)) {
        records.add(srv);
      }
    }
    // Of a server that is there twice, the first entry counts.
    records.sort(Comparator.comparingInt(SRVRecord::getPriority));
    int first = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
    List<ServerEntry> entries = new ArrayList<>();
    for (SRVRecord srv : records) {
      for (ServerEntry server : servers(srv, round)) {
        int weight = Math.max(1, srv.getWeight());
        ServerEntry entry = weight == 1 ? server : server.with("weight", Integer.toString(weight));
        entries.add(srv.getPriority() == first ? entry : entry.with("backup"));
      }
    }
    return entries;
  }

  /** A target without an address is an entry that the mesh drops, and whose message says why. */
  private List<ServerEntry> servers(SRVRecord srv, Targets.Round round)
      throws InterruptedException {
    String name = srv.getTarget().toString(true);
    if (byName) {
      return List.of(ServerEntry.of(name, srv.getPort()));
    }
    Targets.Addresses addresses = round.addresses(srv.getTarget());
    if (addresses.all().isEmpty()) {
      return List.of(
          new ServerEntry(List.of(name + ":" + srv.getPort(), "(" + addresses.fault() + ")")));
    }
    return addresses.all().stream()
        .map(address -> ServerEntry.of(address.getHostAddress(), srv.getPort()))
        .toList();
  }

  @Override
  public void close() {}
}
