package dev.inmesh.chaos;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;

/**
 * A healthy server: answers {@code /c/<id>/<size>} with so many bytes that begin with the id, and
 * remembers which POSTs it has executed.
 */
final class OriginServer implements Closeable {

  /** Told of each POST before it is answered. */
  @FunctionalInterface
  interface Executed {
    void post(long id) throws IOException;
  }

  private final Sockets sockets;
  private final Executed executed;
  private final String headerLines;
  private final AtomicLong answered = new AtomicLong();

  private OriginServer(ServerSocket listener, String headerLines, Executed executed) {
    this.headerLines = headerLines;
    this.executed = executed;
    this.sockets = Sockets.serve(listener, this::serve);
  }

  static OriginServer start(Executed executed) throws IOException {
    return start(ServerSocketFactory.getDefault(), true, executed);
  }

  /**
   * A server on a free port.
   *
   * @param keepsAlive whether a connection serves more than one request
   */
  static OriginServer start(ServerSocketFactory factory, boolean keepsAlive, Executed executed)
      throws IOException {
    return new OriginServer(
        factory.createServerSocket(0, 500, InetAddress.getLoopbackAddress()),
        keepsAlive ? "" : "Connection: close\r\n",
        executed);
  }

  /** A server on this socket. */
  static OriginServer on(ServerSocket listener, Executed executed) {
    return new OriginServer(listener, "", executed);
  }

  /** How many requests it has answered. */
  long answered() {
    return answered.get();
  }

  /** Counts how often each was executed. */
  static Executed countingIn(Map<Long, Integer> counts) {
    return id -> counts.merge(id, 1, Integer::sum);
  }

  static Map<Long, Integer> counts() {
    return new ConcurrentHashMap<>();
  }

  int port() {
    return sockets.port();
  }

  private void serve(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    for (Message request = Message.read(in); request != null; request = Message.read(in)) {
      long id = request.id();
      if (request.method().equals("POST")) {
        executed.post(id);
      }
      String body = bodyOf(id);
      answered.incrementAndGet();
      int padding = Math.max(0, Integer.parseInt(request.part(3)) - body.length());
      Message.answer(200, headerLines, body + "x".repeat(padding)).writeTo(out);
      if (!headerLines.isEmpty()) {
        return;
      }
    }
  }

  /** What the answer to a call begins with. */
  static String bodyOf(long id) {
    return "id=" + id + ";";
  }

  @Override
  public void close() throws IOException {
    sockets.close();
  }

  /**
   * The same as a process of its own, which can be stopped and killed.
   *
   * @param args the port, 0 for a free one; the file that the ids of its POSTs are added to
   */
  public static void main(String[] args) throws Exception {
    try (FileOutputStream file = new FileOutputStream(args[1], true)) {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(
          new java.net.InetSocketAddress(
              InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])),
          500);
      // One write for each: what is written is there after a kill as well.
      OriginServer server =
          new OriginServer(
              listener, "", id -> file.write((id + "\n").getBytes(StandardCharsets.US_ASCII)));
      System.out.println(server.port());
      while (System.in.read() >= 0) {
        // Until the parent goes away.
      }
      server.close();
    }
  }
}
