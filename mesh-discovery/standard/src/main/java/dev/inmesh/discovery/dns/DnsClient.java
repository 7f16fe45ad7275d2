package dev.inmesh.discovery.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks name servers, one after the other, in the caller's thread. Safe for concurrent use. */
final class DnsClient {

  private static final int ROUNDS = 2;

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
    SimpleResolver resolver = new SimpleResolver(server);
    resolver.setIoClientFactory(new BlockingIo());
    resolver.setTimeout(timeout);
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    String asked = name + " " + Type.string(type) + " at " + shown(server);
    try {
      Message answer = resolver.sendAsync(query, Runnable::run).toCompletableFuture().get();
      int code = answer.getRcode();
      if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
        throw new IOException(asked + ": " + Rcode.string(code));
      }
      return answer;
    } catch (ExecutionException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why =
          cause instanceof SocketTimeoutException
              ? "no answer within " + timeout.toMillis() + " ms"
              : String.valueOf(cause.getMessage());
      throw new IOException(asked + ": " + why, cause);
    }
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
