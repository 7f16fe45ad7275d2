package dev.inmesh.chaos;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client on its way through a proxy, and what a {@link Fault} can do with it.
 * What ends the connection returns false.
 */
final class Proxied implements AutoCloseable {

  private final Socket client;
  private final InputStream in;
  private final OutputStream out;
  private final int originPort;
  private @Nullable Socket origin;
  private @Nullable Message request;
  private int requests;

  Proxied(Socket client, int originPort) throws IOException {
    this.client = client;
    this.in = new BufferedInputStream(client.getInputStream());
    this.out = client.getOutputStream();
    this.originPort = originPort;
  }

  /** The next request; null when the client has closed. */
  @Nullable Message next() throws IOException {
    Message next = Message.read(in);
    request = next;
    requests++;
    return next;
  }

  /** Whether the connection has served a request before this one. */
  boolean isReused() {
    return requests > 1;
  }

  /** The server's answer; from here on the request has been executed. */
  Message forward() throws IOException {
    Socket server = origin;
    if (server == null) {
      server = new Socket(InetAddress.getLoopbackAddress(), originPort);
      server.setTcpNoDelay(true);
      origin = server;
    }
    Message sent = request;
    if (sent == null) {
      throw new IllegalStateException("no request");
    }
    sent.writeTo(server.getOutputStream());
    Message answer = Message.read(new BufferedInputStream(server.getInputStream()));
    if (answer == null) {
      throw new EOFException("the server has closed");
    }
    return answer;
  }

  boolean pass() throws IOException {
    return send(forward());
  }

  boolean send(Message answer) throws IOException {
    answer.writeTo(out);
    return true;
  }

  boolean send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
  }

  boolean send(byte[] bytes, int from, int to) throws IOException {
    out.write(bytes, from, to - from);
    out.flush();
    return true;
  }

  /** Sends the head and so much of the body. */
  boolean sendHalf(Message answer) throws IOException {
    send(answer.head(), 0, answer.head().length);
    return send(answer.body(), 0, answer.body().length / 2);
  }

  boolean reset() throws IOException {
    client.setSoLinger(true, 0);
    client.close();
    return false;
  }

  /** Says that nothing more will come, and waits until the client says so too. */
  boolean halfClose() throws IOException {
    client.shutdownOutput();
    return hang();
  }

  /** Does nothing until the client closes. */
  boolean hang() throws IOException {
    while (in.read() >= 0) {
      // What comes is not looked at.
    }
    return false;
  }

  /** Does nothing for a while; false when the client closes meanwhile. */
  private boolean isLeftAlone(int millis) throws IOException {
    client.setSoTimeout(millis);
    try {
      return in.read() >= 0;
    } catch (SocketTimeoutException stillThere) {
      return true;
    } finally {
      client.setSoTimeout(0);
    }
  }

  boolean passLate(int millis) throws IOException {
    Message answer = forward();
    return isLeftAlone(millis) && send(answer);
  }

  /** A byte now and then, until the client closes or there is no more. */
  boolean drip(byte[] bytes, int millis) throws IOException {
    for (int i = 0; i < bytes.length; i++) {
      send(bytes, i, i + 1);
      if (!isLeftAlone(millis)) {
        return false;
      }
    }
    return true;
  }

  /** The same text again and again, until the client closes. */
  boolean repeat(String text, int millis) throws IOException {
    while (isLeftAlone(millis)) {
      send(text);
    }
    return false;
  }

  /** Bytes as they come, both ways, from and to another port. */
  boolean tunnel(int port) throws IOException, InterruptedException {
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      server.setTcpNoDelay(true);
      Thread back =
          new Thread(() -> copyAndEnd(server, client), "chaos-server"); // The answers' way.
      back.setDaemon(true);
      back.start();
      copyAndEnd(client, server);
      back.join(TimeUnit.SECONDS.toMillis(5));
    }
    return false;
  }

  private static void copyAndEnd(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException gone) {
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException closed) {
      // As it should be.
    }
  }

  @Override
  public void close() throws IOException {
    Socket server = origin;
    if (server != null) {
      server.close();
    }
  }
}
