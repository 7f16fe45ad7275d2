package dev.inmesh.samples.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A server on loopback that can be ill in each of the ways of {@link Fault}, and well again on the
 * same port. Safe for concurrent use.
 */
final class ShopServer implements AutoCloseable {

  private static final int BACKLOG = 512;
  private static final long MILLI = 1_000_000;

  static {
    // Without it each answer waits 40 ms: Nagle's algorithm and delayed acknowledgements.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final Executor threads;
  private final int port;
  private final Queue<HttpExchange> held = new ConcurrentLinkedQueue<>();

  private volatile Fault fault = Fault.WELL;
  private volatile long delayNanos;

  /** What listens; null while connections are refused. */
  private @Nullable HttpServer listening;

  /** Holds the port while nothing listens on it, so that nobody else gets it. */
  private @Nullable Socket reserved;

  /**
   * A server that is well, on a free port.
   *
   * @param threads answer the calls
   */
  ShopServer(Executor threads) throws IOException {
    this.threads = threads;
    HttpServer first = listen(0);
    this.listening = first;
    this.port = first.getAddress().getPort();
  }

  /** Its {@code host:port}. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /**
   * Does this from now on.
   *
   * @param delay how much later than usual it answers when slow
   */
  synchronized void turn(Fault newFault, Duration delay) {
    delayNanos = delay.toNanos();
    fault = newFault;
    letGo();
    try {
      if (newFault == Fault.REFUSE) {
        stopListening();
      } else {
        startListening();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(address() + ": " + e.getMessage(), e);
    }
  }

  private HttpServer listen(int wanted) throws IOException {
    InetSocketAddress at = new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted);
    HttpServer server = HttpServer.create(at, BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    return server;
  }

  private void stopListening() throws IOException {
    if (listening == null) {
      return;
    }
    listening.stop(0);
    listening = null;
    Socket bound = new Socket();
    bound.setReuseAddress(true);
    // Bound and not listening: the kernel refuses connections and gives the port to nobody.
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    reserved = bound;
  }

  private void startListening() throws IOException {
    if (listening != null) {
      return;
    }
    if (reserved != null) {
      reserved.close();
      reserved = null;
    }
    listening = listen(port);
  }

  private void answer(HttpExchange exchange) throws IOException {
    switch (fault) {
      case WELL -> respond(exchange, 200, 0);
      case SLOW -> respond(exchange, 200, delayNanos);
      case FAIL -> respond(exchange, 500, 0);
      case HANG, REFUSE -> hold(exchange);
    }
  }

  private static void respond(HttpExchange exchange, int status, long extraNanos)
      throws IOException {
    long usual = MILLI + ThreadLocalRandom.current().nextLong(2 * MILLI);
    LockSupport.parkNanos(usual + extraNanos);
    byte[] body = "{\"stock\":7}".getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void hold(HttpExchange exchange) {
    held.add(exchange);
    if (fault != Fault.HANG) {
      letGo();
    }
  }

  /** Whoever still waits for an answer gets the end of the connection. */
  private void letGo() {
    for (HttpExchange next = held.poll(); next != null; next = held.poll()) {
      next.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    letGo();
    if (listening != null) {
      listening.stop(0);
      listening = null;
    }
    if (reserved != null) {
      reserved.close();
      reserved = null;
    }
  }
}
