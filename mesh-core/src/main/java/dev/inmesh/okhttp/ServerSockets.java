package dev.inmesh.okhttp;

import dev.inmesh.okhttp.UpstreamConnections.Endpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import javax.net.SocketFactory;

/**
 * Makes sockets that connect to one server's port, whatever port the URL names. So the URL stays as
 * it was called: caches, cookies, redirects, the Host header and TLS see the logical name and port,
 * and the mesh alone knows the server's.
 */
final class ServerSockets extends ConnectingSockets {

  private final Endpoint endpoint;
  private final int port;

  ServerSockets(SocketFactory delegate, Endpoint endpoint, int port) {
    super(delegate);
    this.endpoint = endpoint;
    this.port = port;
  }

  /**
   * The server's address for the one that OkHttp wants to connect to. That is one of the server's
   * own, but where the URL's host is an address itself, which OkHttp doesn't look up.
   */
  private InetSocketAddress real(SocketAddress wanted) throws IOException {
    InetAddress address = ((InetSocketAddress) wanted).getAddress();
    List<InetAddress> known = endpoint.addresses();
    return new InetSocketAddress(known.contains(address) ? address : known.get(0), port);
  }

  /**
   * Connects, and has the TLS handshake that may follow wait no longer for each of its reads than
   * the connecting may take: OkHttp would give it the read timeout, which it sets again afterwards.
   */
  @Override
  void connect(Socket socket, SocketAddress wanted, int timeoutMillis) throws IOException {
    InetSocketAddress server = real(wanted);
    // The very address that the next line connects to: no name is looked up in between.
    endpoint.check(server.getAddress(), port);
    try {
      socket.connect(server, timeoutMillis);
    } catch (ConnectException e) {
      throw named(server, e);
    }
    socket.setSoTimeout(timeoutMillis);
  }

  @Override
  void opened(WrappedSocket socket) {
    endpoint.sockets().opened(socket);
  }

  @Override
  void closing(WrappedSocket socket) {
    endpoint.sockets().closing(socket);
  }

  /** Names the address: the one in OkHttp's own message has the URL's port. */
  private static ConnectException named(InetSocketAddress address, ConnectException cause) {
    ConnectException named =
        new ConnectException(
            address.getAddress().getHostAddress()
                + ":"
                + address.getPort()
                + ": "
                + cause.getMessage());
    named.initCause(cause);
    return named;
  }
}
