package dev.inmesh.discovery.dns;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  DnsSrvSource(Lookup lookup, Family family, boolean byName, Schedule schedule) {
    this.lookup = lookup;
    this.family = family;
    this.byName = byName;
    this.schedule = schedule;
  }

  /** The addresses of targets: the last known ones stay while the name server fails. */
  private static final class Targets {

    private Map<Name, List<InetAddress>> before = new HashMap<>();
    private Map<Name, List<InetAddress>> now = new HashMap<>();
    private long ttlSeconds;

    void begin(long ttl) {
      before = now;
      now = new HashMap<>();
      ttlSeconds = ttl;
    }
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    Targets targets = new Targets();
    while (true) {
      Lookup.Found found = lookup.find(service, Type.SRV);
      targets.begin(found.ttlSeconds());
      boolean settled = listing.list(entries(found, targets));
      Thread.sleep(schedule.waitMillis(targets.ttlSeconds, settled));
    }
  }

  private List<ServerEntry> entries(Lookup.Found found, Targets targets)
      throws IOException, InterruptedException {
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
      for (String host : hosts(srv.getTarget(), found, targets)) {
        ServerEntry entry = ServerEntry.of(host, srv.getPort());
        int weight = Math.max(1, srv.getWeight());
        entry = weight == 1 ? entry : entry.with("weight", Integer.toString(weight));
        entries.add(srv.getPriority() == first ? entry : entry.with("backup"));
      }
    }
    return entries;
  }

  private List<String> hosts(Name target, Lookup.Found found, Targets targets)
      throws IOException, InterruptedException {
    return byName
        ? List.of(target.toString(true))
        : addresses(target, found, targets).stream().map(InetAddress::getHostAddress).toList();
  }

  private List<InetAddress> addresses(Name target, Lookup.Found found, Targets targets)
      throws IOException, InterruptedException {
    List<InetAddress> known = targets.now.get(target);
    if (known != null) {
      return known;
    }
    List<InetAddress> addresses = family.of(found.extra().getOrDefault(target, List.of()));
    if (addresses.isEmpty()) {
      try {
        Lookup.Found looked = family.find(type -> lookup.find(target, type));
        addresses = looked.records().stream().map(Lookup::address).toList();
        targets.ttlSeconds = Math.min(targets.ttlSeconds, looked.ttlSeconds());
      } catch (IOException e) {
        // One name that can't be looked up must not keep the news of the others away.
        List<InetAddress> before = targets.before.get(target);
        if (before == null) {
          throw e;
        }
        addresses = before;
      }
    }
    targets.now.put(target, addresses);
    return addresses;
  }

  @Override
  public void close() {}
}
