package dev.inmesh.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes on what comes for a server, over connections that can die without a word. */
public final class Relay implements AutoCloseable {

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int port;
  private final List<Path> paths = new CopyOnWriteArrayList<>();

  public Relay(int port) throws IOException {
    this.port = port;
    start(this::accept);
  }

  /** Under the name of the server's certificate. */
  public String address() {
    return "localhost:" + listener.getLocalPort();
  }

  /** How many connections there were. */
  public int connections() {
    return paths.size();
  }

  /** Nothing comes through any more on the connections that there are, and nobody is told. */
  public void die() {
    paths.forEach(path -> path.dead = true);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Path path = new Path(listener.accept(), new Socket(listener.getInetAddress(), port));
        paths.add(path);
        start(() -> path.pass(path.client, path.server));
        start(() -> path.pass(path.server, path.client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Path path : paths) {
      path.client.close();
      path.server.close();
    }
  }

  private static final class Path {

    final Socket client;
    final Socket server;
    volatile boolean dead;

    Path(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pass(Socket from, Socket to) {
      byte[] bytes = new byte[16_384];
      try {
        InputStream in = from.getInputStream();
        for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
          if (!dead) {
            to.getOutputStream().write(bytes, 0, length);
          }
        }
        if (!dead) {
          to.close();
        }
      } catch (IOException closed) {
        // By the other side, or by the test.
      }
    }
  }
}
