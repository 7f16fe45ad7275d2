package dev.inmesh.chaos;

import java.io.Closeable;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Accepts connections and has each served on a thread of its own, until it is closed. */
final class Sockets implements Closeable {

  /** Serves a connection, which is closed when it returns or throws. */
  @FunctionalInterface
  interface Service {
    void serve(Socket socket) throws Exception;
  }

  private final ServerSocket listener;
  private final Service service;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads;

  private Sockets(ServerSocket listener, Service service) {
    this.listener = listener;
    this.service = service;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "chaos-server");
              thread.setDaemon(true);
              return thread;
            });
  }

  static Sockets serve(ServerSocket listener, Service service) {
    Sockets sockets = new Sockets(listener, service);
    sockets.threads.execute(sockets::accept);
    return sockets;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        threads.execute(() -> serveAndClose(socket));
      } catch (IOException | RejectedExecutionException over) {
        // It is being closed, or the client went away while it waited to be accepted.
      }
    }
  }

  private void serveAndClose(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      service.serve(socket);
    } catch (Exception gone) {
      // The other side went away, as it may, or all is over.
    } finally {
      open.remove(socket);
    }
  }

  /** Closes what is open and waits for the threads. */
  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdown();
    try {
      while (!threads.awaitTermination(20, TimeUnit.MILLISECONDS)) {
        for (Socket socket : open) {
          socket.close(); // One may have been accepted just now.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
