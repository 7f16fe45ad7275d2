package dev.inmesh.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port that no connection can be made to, held until it is closed. */
final class DeadAddress implements Closeable {

  private final int port;
  private final List<Closeable> held;

  private DeadAddress(int port, List<Closeable> held) {
    this.port = port;
    this.held = held;
  }

  /** Nothing listens there, nor can: it is bound. */
  static DeadAddress refusing() throws IOException {
    Socket bound = new Socket();
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return new DeadAddress(bound.getLocalPort(), List.of(bound));
  }

  /** Connections to it are never answered: as many as may wait to be accepted wait already. */
  static DeadAddress blackHole() throws IOException {
    ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    List<Closeable> held = new ArrayList<>(List.of(listener));
    for (int i = 0; i < 100; i++) {
      Socket waiting = new Socket();
      held.add(waiting);
      try {
        waiting.connect(listener.getLocalSocketAddress(), 300);
      } catch (SocketTimeoutException full) {
        return new DeadAddress(listener.getLocalPort(), held);
      }
    }
    throw new IllegalStateException("every connection is answered here");
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    for (Closeable one : held) {
      one.close();
    }
  }
}
