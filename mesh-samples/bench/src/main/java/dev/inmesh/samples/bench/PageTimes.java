package dev.inmesh.samples.bench;

import dev.inmesh.Mesh;
import dev.inmesh.call.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A page of ten calls, one after the other, under {@code Deadline.within(300ms)}: eight to a server
 * that answers, and two, the third and the seventh, to one that never does. How long it takes
 * depends on how much of the page's time each call may use up.
 */
public final class PageTimes {

  private static final Duration PAGE = Duration.ofMillis(300);

  /** Before the pages that count come some whose time is short, until the code is warm. */
  private static final Duration SHORT_PAGE = Duration.ofMillis(12);

  private static final int SHORT_PAGES = 500;
  private static final int CALLS = 10;

  private PageTimes() {}

  /** Takes the number of pages of each kind (300). */
  public static void main(String[] args) throws Exception {
    System.out.println(run(args.length > 0 ? Integer.parseInt(args[0]) : 300));
  }

  /** A call: where the answer came from, or why there is none. */
  private interface Client {
    String source(String url) throws Exception;
  }

  static String run(int pages) throws Exception {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-8s %-8s %8s %8s %8s %12s %8s %8s %12s%n",
                "client",
                "timeout",
                "p50 ms",
                "p99 ms",
                "max ms",
                "less pauses",
                "live",
                "default",
                "asked hung"));
    daemon(Pauses::watch);
    try (Ponger well = new Ponger(1);
        Hung hung = new Hung()) {
      for (String timeout : List.of("100ms", "15s")) {
        try (Mesh mesh = mesh(well, hung, timeout)) {
          OkHttpClient okHttp = mesh.wrap(new OkHttpClient());
          row(table, "OkHttp", timeout, url -> source(okHttp, url), hung, pages);
          var jdk = mesh.wrap(java.net.http.HttpClient.newHttpClient());
          row(table, "JDK", timeout, url -> source(jdk, url), hung, pages);
        }
      }
    }
    return table + "(asked hung: calls of a page that reached the server that never answers)\n";
  }

  private static Mesh mesh(Ponger well, Hung hung, String timeout) {
    return Mesh.builder()
        .property("mesh.defaults.fallback", "default")
        .property("mesh.defaults.retry.on", "connect,http_503")
        // It is always down here: the breaker would spare us the wait.
        .property("mesh.upstream.hung.breaker.enabled", "false")
        .property("mesh.upstream.hung.outlier.mode", "off")
        .property("mesh.upstream.hung.servers", "127.0.0.1:" + hung.port())
        .property("mesh.upstream.hung.timeout", timeout)
        .property("mesh.upstream.well.servers", "127.0.0.1:" + well.ports().get(0))
        .build();
  }

  private static String source(OkHttpClient http, String url) throws IOException {
    try (Response response = http.newCall(new Request.Builder().url(url).build()).execute()) {
      byte[] unused = response.body().bytes();
      return response.header("mesh-source", "none");
    }
  }

  private static String source(java.net.http.HttpClient http, String url) throws Exception {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(URI.create(url)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    return response.headers().firstValue("mesh-source").orElse("none");
  }

  private static void row(
      StringBuilder table, String name, String timeout, Client client, Hung hung, int pages)
      throws Exception {
    for (int i = 0; i < SHORT_PAGES; i++) {
      try {
        List<String> unused = page(client, SHORT_PAGE);
      } catch (IOException outOfTime) {
        // While an answer was being handed out, for which there is no default.
      }
    }
    for (int i = 0; i < Math.min(pages, 20); i++) {
      List<String> unused = page(client, PAGE);
    }
    long[] nanos = new long[pages];
    long unpaused = 0;
    int live = 0;
    int byDefault = 0;
    int asked = hung.asked.get();
    for (int i = 0; i < pages; i++) {
      Pauses.WORST.set(0);
      long start = System.nanoTime();
      List<String> sources = page(client, PAGE);
      nanos[i] = System.nanoTime() - start;
      unpaused = Math.max(unpaused, nanos[i] - Pauses.WORST.get());
      live += (int) sources.stream().filter("live"::equals).count();
      byDefault += (int) sources.stream().filter("default"::equals).count();
    }
    Arrays.sort(nanos);
    table.append(
        String.format(
            Locale.ROOT,
            "%-8s %-8s %8.1f %8.1f %8.1f %12.1f %8.2f %8.2f %12.2f%n",
            name,
            timeout,
            nanos[pages / 2] / 1e6,
            nanos[pages * 99 / 100] / 1e6,
            nanos[pages - 1] / 1e6,
            unpaused / 1e6,
            live / (double) pages,
            byDefault / (double) pages,
            (hung.asked.get() - asked) / (double) pages));
  }

  @SuppressWarnings("try") // The scope is all there is to it.
  private static List<String> page(Client client, Duration most) throws Exception {
    List<String> sources = new ArrayList<>();
    try (Deadline.Scope page = Deadline.within(most).open()) {
      for (int i = 0; i < CALLS; i++) {
        sources.add(client.source(i == 2 || i == 6 ? "http://hung/" : "http://well/"));
      }
    }
    return sources;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "pages");
    thread.setDaemon(true);
    thread.start();
  }

  /** How long a thread that wakes every half millisecond was late: the process stood still. */
  private static final class Pauses {

    static final AtomicLong WORST = new AtomicLong();

    private static final long PERIOD_NANOS = 500_000;

    static void watch() {
      long before = System.nanoTime();
      while (true) {
        LockSupport.parkNanos(PERIOD_NANOS);
        long now = System.nanoTime();
        long late = now - before - PERIOD_NANOS;
        before = now;
        WORST.accumulateAndGet(late, Math::max);
      }
    }
  }

  /** Takes requests and never answers. */
  private static final class Hung implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    /** Connections over which a byte came. */
    private final AtomicInteger asked = new AtomicInteger();

    private Hung() throws IOException {
      daemon(this::accept);
    }

    private int port() {
      return server.getLocalPort();
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          Socket socket = server.accept();
          daemon(() -> swallow(socket));
        } catch (IOException over) {
          return;
        }
      }
    }

    private void swallow(Socket socket) {
      try (socket) {
        for (int i = 0; socket.getInputStream().read() >= 0; i++) {
          if (i == 0) {
            asked.incrementAndGet();
          }
        }
      } catch (IOException gone) {
        // The client has given up.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
