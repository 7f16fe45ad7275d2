package dev.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
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

  @Override
  public final Socket createSocket() throws IOException {
    return new WrappedSocket(delegate.createSocket(), this);
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
