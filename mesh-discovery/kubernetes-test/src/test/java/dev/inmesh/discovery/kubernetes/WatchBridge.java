package dev.inmesh.discovery.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/**
 * What one speaks to instead of fabric8's server, which has watches over web sockets alone: turns
 * each into lines of an answer that goes on, as the real server writes them. It also has watches
 * from now on alone: one from a version that is no longer the newest is refused, as one that is too
 * old by the real server, since what was deleted in between would never be heard of.
 */
final class WatchBridge {

  private final OkHttpClient http;
  private final HttpUrl behind;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          100,
          100,
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          work -> new Thread(work, "bridge"));
  private HttpServer server;
  private final int port;

  WatchBridge(OkHttpClient http, HttpUrl behind) throws IOException {
    this.http = http;
    this.behind = behind;
    this.server = start(0);
    this.port = server.getAddress().getPort();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private HttpServer start(int onPort) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    HttpServer started = HttpServer.create(new InetSocketAddress(here, onPort), 0);
    started.setExecutor(threads);
    started.createContext("/", this::answer);
    started.start();
    return started;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpUrl url =
          behind
              .newBuilder()
              .encodedPath(exchange.getRequestURI().getRawPath())
              .encodedQuery(exchange.getRequestURI().getRawQuery())
              .build();
      String watch = url.queryParameter("watch");
      String seconds = url.queryParameter("timeoutSeconds");
      if (watch == null) {
        list(exchange, url);
      } else {
        watch(exchange, url, Long.parseLong(seconds == null ? "30" : seconds));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void list(HttpExchange exchange, HttpUrl url) throws IOException {
    try (Response response = http.newCall(new Request.Builder().url(url).build()).execute()) {
      byte[] body = response.body().bytes();
      exchange.sendResponseHeaders(response.code(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private void watch(HttpExchange exchange, HttpUrl url, long seconds)
      throws IOException, InterruptedException {
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    WebSocket socket = http.newWebSocket(new Request.Builder().url(url).build(), into(events));
    try {
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      String opened = events.take();
      if (!newest(url).equals(url.queryParameter("resourceVersion"))) {
        opened = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410}}";
      }
      out.write((opened + "\n").getBytes(StandardCharsets.UTF_8));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      for (long left = 1; left > 0; left = end - System.nanoTime()) {
        String event = events.poll(left, TimeUnit.NANOSECONDS);
        if (event == null && left > 1) {
          break;
        }
        out.write(((event == null ? "" : event) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    } finally {
      boolean unused = socket.close(1000, null);
    }
  }

  private String newest(HttpUrl url) throws IOException {
    Request list = new Request.Builder().url(url.newBuilder().query(null).build()).build();
    try (Response response = http.newCall(list).execute()) {
      Json metadata = Json.parse(response.body().bytes()).get("metadata");
      return metadata.get("resourceVersion").text();
    }
  }

  private static WebSocketListener into(BlockingQueue<String> events) {
    return new WebSocketListener() {
      @Override
      public void onOpen(WebSocket socket, Response response) {
        events.add("");
      }

      @Override
      public void onMessage(WebSocket socket, String text) {
        events.add(text);
      }

      @Override
      public void onFailure(WebSocket socket, Throwable t, @Nullable Response response) {
        events.add("{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"bridge\"}}");
      }
    };
  }

  void kill() {
    server.stop(0);
  }

  void restart() throws IOException {
    server = start(port);
  }

  void close() {
    kill();
    threads.shutdownNow();
  }
}
