package dev.inmesh.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP proxy in front of a healthy server, which does what a script or a {@link Fault} says. */
final class FaultProxy implements Closeable {

  private final Sockets sockets;

  private FaultProxy(Sockets.Service service) throws IOException {
    this.sockets =
        Sockets.serve(new ServerSocket(0, 500, InetAddress.getLoopbackAddress()), service);
  }

  /** Each request meets what the script says. */
  static FaultProxy ofRequests(Script script, int originPort) throws IOException {
    return new FaultProxy(socket -> requests(script, socket, originPort));
  }

  /** Each connection meets the same fault. */
  static FaultProxy ofConnections(Script script, Fault fault) throws IOException {
    return new FaultProxy(
        socket -> {
          try (Proxied connection = new Proxied(socket, 0)) {
            script.applied(fault);
            boolean unused = fault.on(connection);
          }
        });
  }

  /** Each connection leads to another server than it should. */
  static FaultProxy leadingAstray(Script script, Fault fault, int wrongPort) throws IOException {
    return new FaultProxy(
        socket -> {
          try (Proxied connection = new Proxied(socket, 0)) {
            script.applied(fault);
            boolean unused = connection.tunnel(wrongPort);
          }
        });
  }

  private static void requests(Script script, Socket socket, int originPort) throws IOException {
    try (Proxied connection = new Proxied(socket, originPort)) {
      boolean open = true;
      while (open) {
        Message request = connection.next();
        if (request == null) {
          return;
        }
        Fault fault = script.next(request.id(), ChaosCall.isByJdk(request), connection.isReused());
        script.applied(fault);
        open = fault.on(connection);
      }
    }
  }

  int port() {
    return sockets.port();
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }
}
