package dev.inmesh.samples.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that answers HTTP/1.1 with keep-alive: a thread for each connection, the same 100 bytes
 * for every request without a body. It must never be what the client waits for.
 */
final class Ponger implements AutoCloseable {

  /** Ends a request. */
  static final String END_OF_HEAD = "\r\n\r\n";

  static final byte[] ANSWER =
      ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
              + "0123456789".repeat(10))
          .getBytes(US_ASCII);

  private final List<ServerSocket> listening = new ArrayList<>();

  /** Listens on so many ports of the loopback interface. */
  Ponger(int ports) throws IOException {
    for (int i = 0; i < ports; i++) {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      listening.add(server);
      daemon(() -> accept(server));
    }
  }

  List<Integer> ports() {
    return listening.stream().map(ServerSocket::getLocalPort).toList();
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(() -> answer(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void answer(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[8192];
      int endOfHead = 0;
      for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
        for (int i = 0; i < read; i++) {
          endOfHead = buffer[i] == END_OF_HEAD.charAt(endOfHead) ? endOfHead + 1 : 0;
          if (endOfHead == END_OF_HEAD.length()) {
            endOfHead = 0;
            out.write(ANSWER);
          }
        }
      }
    } catch (IOException gone) {
      // The client has closed its connection.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "ponger");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket server : listening) {
      server.close();
    }
  }

  /** Prints its ports and answers until its standard input ends, with whoever started it. */
  public static void main(String[] args) throws IOException {
    try (Ponger ponger = new Ponger(Integer.parseInt(args[0]))) {
      System.out.println(
          String.join(" ", ponger.ports().stream().map(p -> Integer.toString(p)).toList()));
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
