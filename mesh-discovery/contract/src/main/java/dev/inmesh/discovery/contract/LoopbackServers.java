package dev.inmesh.discovery.contract;

import com.sun.net.httpserver.HttpServer;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * HTTP servers on loopback addresses of their own, {@code 127.0.0.1}, {@code 127.0.0.2} and so on,
 * and all on one port, since some registries list no ports.
 */
public final class LoopbackServers implements AutoCloseable {

  static {
    // Else each answer waits 40 ms: its head and its body are two packets (Nagle's algorithm).
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private static final int MOST_TRIES = 50;

  private final List<HttpServer> servers;

  private LoopbackServers(List<HttpServer> servers) {
    this.servers = servers;
  }

  /**
   * Starts some.
   *
   * @throws IOException if this system has no such addresses
   */
  public static LoopbackServers start(int count) throws IOException {
    for (int tries = 1; ; tries++) {
      List<HttpServer> servers = new ArrayList<>();
      try {
        for (int i = 0; i < count; i++) {
          servers.add(start(i, servers.isEmpty() ? 0 : servers.get(0).getAddress().getPort()));
        }
        return new LoopbackServers(servers);
      } catch (IOException taken) {
        servers.forEach(server -> server.stop(0));
        if (tries == MOST_TRIES) {
          throw taken;
        }
      }
    }
  }

  private static HttpServer start(int index, int port) throws IOException {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (index + 1)});
    HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "well".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** The port of all. */
  public int port() {
    return servers.get(0).getAddress().getPort();
  }

  /** {@code host:port} of one. */
  public String address(int index) {
    return entry(index).address();
  }

  /** The entry of one. */
  public ServerEntry entry(int index) {
    return ServerEntry.of("127.0.0." + (index + 1), port());
  }

  /** Stops one, at once: calls that run there fail, and so do others. */
  public void stop(int index) {
    servers.get(index).stop(0);
  }

  /** Starts one again that was stopped. */
  public void restart(int index) throws IOException {
    servers.set(index, start(index, port(index)));
  }

  private int port(int index) {
    return servers.get(index).getAddress().getPort();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
  }
}
