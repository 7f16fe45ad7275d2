package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks name servers, one after the other, in the caller's thread. Safe for concurrent use. */
final class DnsClient {

  private static final int ROUNDS = 2;

  /** What comes through in one packet nearly everywhere (DNS flag day 2020). */
  private static final int UDP_PAYLOAD = 1232;

  private final List<String> addresses;
  private final Duration timeout;

  /**
   * @param addresses of name servers, {@code host:port}; none stands for those of the system
   * @param timeout of one query to one of them
   */
  DnsClient(List<String> addresses, Duration timeout) {
    this.addresses = addresses;
    this.timeout = timeout;
  }

  /** Whether the system says which name servers there are, and so where to look for short names. */
  boolean isOfSystem() {
    return addresses.isEmpty();
  }

  /**
   * An answer, even if it is that there is no such name. Truncated ones are asked for over TCP.
   *
   * @throws IOException when no server gives one
   */
  Message ask(Name name, int type) throws IOException, InterruptedException {
    List<InetSocketAddress> servers = servers();
    IOException failure = new IOException("no name server is known; set address");
    for (int round = 0; round < ROUNDS; round++) {
      for (InetSocketAddress server : servers) {
        try {
          return ask(server, name, type);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    throw failure;
  }

  private Message ask(InetSocketAddress server, Name name, int type)
      throws IOException, InterruptedException {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    query.addRecord(new OPTRecord(UDP_PAYLOAD, 0, 0), Section.ADDITIONAL);
    String asked = name + " " + Type.string(type) + " at " + shown(server);
    try {
      Message answer = Exchange.of(server, query, timeout);
      int code = answer.getRcode();
      if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
        throw new IOException(Rcode.string(code));
      }
      if (isReferral(answer)) {
        throw new IOException("it refers to other name servers; is it a resolver?");
      }
      return answer;
    } catch (ClosedByInterruptException e) {
      boolean unused = Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (SocketTimeoutException e) {
      throw new IOException(asked + ": no answer within " + timeout.toMillis() + " ms", e);
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(asked + ": " + why, e);
    }
  }

  /** RFC 2308, 2.2: one that knows that there is nothing has an SOA record, or names nobody. */
  private static boolean isReferral(Message answer) {
    return answer.getRcode() == Rcode.NOERROR
        && answer.getSection(Section.ANSWER).isEmpty()
        && answer.getSection(Section.AUTHORITY).stream().anyMatch(r -> r.getType() == Type.NS)
        && answer.getSection(Section.AUTHORITY).stream().noneMatch(r -> r.getType() == Type.SOA);
  }

  private List<InetSocketAddress> servers() throws IOException {
    if (isOfSystem()) {
      // The system's may have changed: a laptop that was moved, a VPN.
      ResolverConfig.refresh();
      return ResolverConfig.getCurrentConfig().servers();
    }
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String address : addresses) {
      int colon = address.lastIndexOf(':');
      String host = address.substring(0, colon);
      servers.add(
          new InetSocketAddress(
              InetAddress.getByName(host), Integer.parseInt(address.substring(colon + 1))));
    }
    return servers;
  }

  private static String shown(InetSocketAddress server) {
    return server.getHostString() + ":" + server.getPort();
  }
}
