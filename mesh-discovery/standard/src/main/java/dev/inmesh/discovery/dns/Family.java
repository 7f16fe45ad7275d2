package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xbill.DNS.Type;

/** Which addresses of a name count. */
enum Family {
  /** IPv4, or IPv6 where there is none: a server with both must not be two. */
  ANY,
  IPV4,
  IPV6;

  /** One record type after the other, as long as more is wanted. */
  interface Query {
    Lookup.Found find(int type) throws IOException, InterruptedException;
  }

  static Family of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** Asks for what is needed. */
  Lookup.Found find(Query query) throws IOException, InterruptedException {
    if (this == IPV6) {
      return query.find(Type.AAAA);
    }
    Lookup.Found four = query.find(Type.A);
    if (this == IPV4 || !four.records().isEmpty() || !four.exists()) {
      return four;
    }
    Lookup.Found six = query.find(Type.AAAA);
    return six.records().isEmpty() ? four : six;
  }

  /** Those that count of some that are known. */
  List<InetAddress> of(List<InetAddress> addresses) {
    List<InetAddress> four = new ArrayList<>();
    List<InetAddress> six = new ArrayList<>();
    addresses.forEach(address -> (address instanceof Inet4Address ? four : six).add(address));
    return this == IPV6 || (this == ANY && four.isEmpty()) ? six : four;
  }
}
