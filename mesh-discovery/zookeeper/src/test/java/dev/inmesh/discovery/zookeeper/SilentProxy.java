package dev.inmesh.discovery.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands before a server, and can fall silent with all connections open. */
final class SilentProxy implements AutoCloseable {

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final int port;
  private boolean silent;

  SilentProxy(int port) throws IOException {
    this.port = port;
    thread(this::accept);
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "silent-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  synchronized void silent(boolean nowSilent) {
    silent = nowSilent;
    notifyAll();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(client);
        sockets.add(server);
        thread(() -> pump(client, server));
        thread(() -> pump(server, client));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        awaitVoice();
        out.write(buffer, 0, count);
      }
    } catch (IOException | InterruptedException e) {
      // One of them has gone.
    }
  }

  private synchronized void awaitVoice() throws InterruptedException {
    while (silent) {
      wait();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    silent(false);
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
