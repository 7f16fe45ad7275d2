package dev.inmesh.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An HTTP/1.1 server on a real socket that does whatever a test wants, byte by byte. */
public final class LoopbackServer implements AutoCloseable {

  /** Answers one request; the connection is kept when it returns true. */
  @FunctionalInterface
  public interface Behaviour {
    boolean answer(Exchange exchange) throws Exception;
  }

  /** One request and the socket it came over. */
  public record Exchange(
      String method,
      String path,
      Map<String, String> headers,
      String body,
      Socket socket,
      OutputStream out,
      LoopbackServer server) {

    public void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    public boolean reply(int status, String body, String... headerLines) throws IOException {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Words\r\n");
      for (String line : headerLines) {
        head.append(line).append("\r\n");
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
      write(head.toString());
      out.write(bytes);
      out.flush();
      return true;
    }

    /** Sends nothing and waits until the other side or the server closes. */
    public boolean hang() throws IOException {
      server.hanging.incrementAndGet();
      try {
        while (socket.getInputStream().read() >= 0) {
          // what comes is not looked at
        }
      } catch (SocketException reset) {
        // closed the hard way: just as good
      }
      server.closedByPeer.countDown();
      return false;
    }

    public boolean reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
      return false;
    }
  }

  /** A request header: how many bytes of the body are read before the request is answered. */
  public static final String READ_AT_MOST = "Read-At-Most";

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Behaviour behaviour;
  private final CountDownLatch closedByPeer = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();
  public final AtomicInteger connections = new AtomicInteger();
  public final List<Exchange> requests = new CopyOnWriteArrayList<>();

  private LoopbackServer(Behaviour behaviour, InetAddress address, int port) throws IOException {
    this.behaviour = behaviour;
    this.listener = new ServerSocket(port, 200, address);
    start(this::accept);
  }

  public static LoopbackServer start(Behaviour behaviour) throws IOException {
    return startOn(InetAddress.getLoopbackAddress(), behaviour);
  }

  public static LoopbackServer startAt(int port, Behaviour behaviour) throws IOException {
    return new LoopbackServer(behaviour, InetAddress.getLoopbackAddress(), port);
  }

  public static LoopbackServer startOn(InetAddress address, Behaviour behaviour)
      throws IOException {
    return new LoopbackServer(behaviour, address, 0);
  }

  public void behave(Behaviour other) {
    behaviour = other;
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String address() {
    String host = listener.getInetAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port();
  }

  /** Waits until the other side has closed a connection that {@link Exchange#hang} holds. */
  public boolean awaitClosedByPeer() throws InterruptedException {
    return closedByPeer.await(10, TimeUnit.SECONDS);
  }

  public void peerHasClosed() {
    closedByPeer.countDown();
  }

  public int openConnections() {
    return open.size();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Exchange exchange = read(socket, in);
        if (exchange == null) {
          return;
        }
        requests.add(exchange);
        if (!behaviour.answer(exchange)) {
          return;
        }
      }
    } catch (Exception gone) {
      // the other side went away, or the test is over
    } finally {
      open.remove(socket);
    }
  }

  private @Nullable Exchange read(Socket socket, InputStream in) throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String most = headers.get(READ_AT_MOST.toLowerCase(Locale.ROOT));
    int read = most == null ? length : Math.min(length, Integer.parseInt(most));
    String body = new String(in.readNBytes(read), StandardCharsets.UTF_8);
    List<String> words = new ArrayList<>(List.of(first.split(" ", -1)));
    return new Exchange(
        words.get(0), words.get(1), headers, body, socket, socket.getOutputStream(), this);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Closes what is open; nothing listens on the port afterwards. */
  @Override
  public void close() throws IOException {
    listener.close();
    closeConnections();
  }

  public void closeConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }
}
