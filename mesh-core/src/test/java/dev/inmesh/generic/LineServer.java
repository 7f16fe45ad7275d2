package dev.inmesh.generic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A server of a protocol that nobody knows: a line in, a line out. */
final class LineServer implements AutoCloseable {

  /** What it does with a line. */
  enum Mood {
    WELL,
    HANG,
    HANG_UP
  }

  final Queue<String> lines = new ConcurrentLinkedQueue<>();
  volatile Mood mood = Mood.WELL;

  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final ServerSocket socket;

  LineServer() throws IOException {
    socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "line-server");
    thread.setDaemon(true);
    thread.start();
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        open.add(client);
        Thread thread = new Thread(() -> serve(client), "line-client");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      String line = in.readLine();
      if (line == null) {
        return;
      }
      lines.add(line);
      switch (mood) {
        case WELL ->
            client.getOutputStream().write(("re: " + line + "\n").getBytes(StandardCharsets.UTF_8));
        case HANG -> {
          String more = in.readLine(); // Until the client hangs up.
          if (more != null) {
            lines.add(more);
          }
        }
        case HANG_UP -> client.setSoLinger(true, 0);
      }
    } catch (IOException gone) {
      // So is the client.
    }
  }

  /** What a client of this protocol does; {@code opened} is told of the socket. */
  static String ask(String host, int port, String line, @Nullable Opened opened)
      throws IOException {
    try (Socket socket = new Socket()) {
      if (opened != null) {
        opened.is(socket);
      }
      socket.connect(new InetSocketAddress(host, port), 5_000);
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String answer = in.readLine();
      if (answer == null) {
        throw new IOException("hung up");
      }
      return answer;
    }
  }

  /** Told of a socket. */
  interface Opened {
    void is(Socket socket);
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket client : open) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
