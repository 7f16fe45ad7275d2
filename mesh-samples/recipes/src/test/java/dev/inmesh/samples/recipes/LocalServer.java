package dev.inmesh.samples.recipes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on loopback that answers with one body, after a while if told so. */
final class LocalServer implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger calls = new AtomicInteger();
  private final String body;
  private final long delayMillis;

  private LocalServer(String body, long delayMillis) throws IOException {
    this.body = body;
    this.delayMillis = delayMillis;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  static LocalServer answering(String body) throws IOException {
    return new LocalServer(body, 0);
  }

  static LocalServer answeringAfter(long delayMillis, String body) throws IOException {
    return new LocalServer(body, delayMillis);
  }

  static LocalServer hanging() throws IOException {
    return new LocalServer("", TimeUnit.HOURS.toMillis(1));
  }

  /** An address at which nothing listens. */
  static String nobody() throws IOException {
    try (LocalServer gone = answering("")) {
      return gone.address();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    calls.incrementAndGet();
    try (exchange) {
      if (delayMillis > 0 && closed.await(delayMillis, TimeUnit.MILLISECONDS)) {
        return;
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Calls that came in. */
  int calls() {
    return calls.get();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
