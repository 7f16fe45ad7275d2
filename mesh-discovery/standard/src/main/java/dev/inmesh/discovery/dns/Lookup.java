package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Looks names up, through aliases, and says how long the answers hold. Safe for concurrent use. */
final class Lookup {

  /** Aliases in a row. */
  private static final int MOST_ALIASES = 8;

  /** How long the lack of an answer holds when the answer doesn't say so. */
  static final long NEGATIVE_TTL_SECONDS = 5;

  /** However long a zone says that a lack holds, a service may come up meanwhile. */
  private static final long LONGEST_NEGATIVE_TTL_SECONDS = 30;

  private final DnsClient client;

  /**
   * What was found.
   *
   * @param records of the type asked for; none when there is no such name, or none of the type
   * @param extra addresses that came along, by name
   * @param ttlSeconds how long it holds: the shortest time of all records on the way
   * @param exists whether there is such a name
   */
  record Found(
      List<Record> records, Map<Name, List<InetAddress>> extra, long ttlSeconds, boolean exists) {}

  Lookup(DnsClient client) {
    this.client = client;
  }

  /**
   * Records of a name; a relative one is looked for in the domains of the system as well.
   *
   * @throws IOException when no name server answers
   */
  Found find(String text, int type) throws IOException, InterruptedException {
    Found found = new Found(List.of(), Map.of(), NEGATIVE_TTL_SECONDS, false);
    for (Name name : candidates(text)) {
      found = find(name, type);
      if (found.exists()) {
        return found;
      }
    }
    return found;
  }

  private List<Name> candidates(String text) throws TextParseException {
    Name name = Name.fromString(text);
    if (name.isAbsolute()) {
      return List.of(name);
    }
    Name absolute = Name.fromString(text, Name.root);
    if (!client.isOfSystem()) {
      return List.of(absolute);
    }
    ResolverConfig system = ResolverConfig.getCurrentConfig();
    List<Name> candidates = new ArrayList<>();
    for (Name domain : system.searchPath()) {
      candidates.add(Name.fromString(text, domain));
    }
    candidates.add(name.labels() > system.ndots() ? 0 : candidates.size(), absolute);
    return candidates;
  }

  Found find(Name asked, int type) throws IOException, InterruptedException {
    Name name = asked;
    long ttl = Long.MAX_VALUE;
    Message answer = client.ask(name, type);
    boolean fresh = true;
    for (int aliases = 0; aliases <= MOST_ALIASES; ) {
      List<Record> records = new ArrayList<>();
      Name alias = null;
      for (Record record : answer.getSection(Section.ANSWER)) {
        if (record.getName().equals(name)) {
          if (record.getType() == type) {
            records.add(record);
            ttl = Math.min(ttl, record.getTTL());
          } else if (record instanceof CNAMERecord cname) {
            alias = cname.getTarget();
            ttl = Math.min(ttl, record.getTTL());
          }
        }
      }
      if (!records.isEmpty()) {
        return new Found(
            List.copyOf(records), extra(answer), Math.min(ttl, extraTtl(answer)), true);
      }
      if (alias != null) {
        name = alias;
        aliases++;
        fresh = false;
      } else if (fresh || answer.getRcode() == Rcode.NXDOMAIN) {
        boolean exists = answer.getRcode() == Rcode.NOERROR || aliases > 0;
        return new Found(List.of(), Map.of(), Math.min(ttl, negativeTtl(answer)), exists);
      } else {
        // The server gave the alias only.
        answer = client.ask(name, type);
        fresh = true;
      }
    }
    throw new IOException(asked + ": more than " + MOST_ALIASES + " aliases in a row");
  }

  /** RFC 2308, 5. */
  private static long negativeTtl(Message answer) {
    for (Record record : answer.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa) {
        return Math.min(LONGEST_NEGATIVE_TTL_SECONDS, Math.min(soa.getTTL(), soa.getMinimum()));
      }
    }
    return NEGATIVE_TTL_SECONDS;
  }

  private static long extraTtl(Message answer) {
    return answer.getSection(Section.ADDITIONAL).stream()
        .filter(Lookup::isAddress)
        .mapToLong(Record::getTTL)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static boolean isAddress(Record record) {
    return record.getType() == Type.A || record.getType() == Type.AAAA;
  }

  private static Map<Name, List<InetAddress>> extra(Message answer) {
    Map<Name, List<InetAddress>> extra = new LinkedHashMap<>();
    for (Record record : answer.getSection(Section.ADDITIONAL)) {
      if (isAddress(record)) {
        extra.computeIfAbsent(record.getName(), n -> new ArrayList<>()).add(address(record));
      }
    }
    return extra;
  }

  static InetAddress address(Record record) {
    return record instanceof ARecord a ? a.getAddress() : ((AAAARecord) record).getAddress();
  }
}
