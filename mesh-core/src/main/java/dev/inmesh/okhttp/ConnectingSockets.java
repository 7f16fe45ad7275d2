package dev.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** Makes sockets of the user's factory that are connected in a way of our own. */
abstract class ConnectingSockets extends SocketFactory {

  private final SocketFactory delegate;

  ConnectingSockets(SocketFactory delegate) {
    this.delegate = delegate;
  }

  /**
   * Connects a socket of the user's.
   *
   * @param wanted what OkHttp wants to connect to; always resolved
   * @param timeoutMillis 0 for none
   */
  abstract void connect(Socket socket, SocketAddress wanted, int timeoutMillis) throws IOException;

  /** It is connected. */
  void opened(WrappedSocket socket) {}

  /** It is about to be closed. */
  void closing(WrappedSocket socket) {}

  @Override
  public final Socket createSocket() throws IOException {
    return new WrappedSocket(direct(), this);
  }

  /**
   * The JDK's own factory makes sockets that ask the process for a SOCKS proxy when they connect,
   * whatever proxy the client has: what was checked would not be what is connected.
   */
  private Socket direct() throws IOException {
    return delegate == SocketFactory.getDefault()
        ? new Socket(Proxy.NO_PROXY)
        : delegate.createSocket();
  }

  // OkHttp makes unconnected sockets only. The others would connect past us.

  @Override
  public final Socket createSocket(String host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public final Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw unconnectedOnly();
  }

  @Override
  public final Socket createSocket(InetAddress host, int port) {
    throw unconnectedOnly();
  }

  @Override
  public final Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw unconnectedOnly();
  }

  private static UnsupportedOperationException unconnectedOnly() {
    return new UnsupportedOperationException("createSocket() and connect");
  }
}
