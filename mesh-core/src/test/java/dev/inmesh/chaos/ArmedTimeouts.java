package dev.inmesh.chaos;

import dev.inmesh.Mesh;
import dev.inmesh.timer.Alarms;
import dev.inmesh.timer.DaemonTimers;
import dev.inmesh.timer.PunctualAlarms;
import dev.inmesh.timer.Timers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How late timeouts are when many are armed: so many calls in flight to servers that never answer,
 * in processes of their own, whose deadlines are spread over some seconds; before them some that
 * find the code cold. A main method, not a test: {@code java -cp <test class path>
 * dev.inmesh.chaos.ArmedTimeouts 19800}. Each call is a handle, so {@code ulimit -n} must allow for
 * them. {@code ArmedTimeouts 20000 alarms} has the mesh's alarms alone, without calls; {@code
 * ArmedTimeouts 19800 bare} has calls of the JDK's client without a mesh.
 */
final class ArmedTimeouts {

  private static final int SERVERS = 4;

  /** So many run out first, on code that has never run before. */
  private static final int COLD = 3_000;

  private static final int COLD_FIRST_MILLIS = 2_000;
  private static final int COLD_SPREAD_MILLIS = 3_000;

  /** Then so many, until the compiler has done with it. */
  private static final int WARM = 10_000;

  private static final int WARM_FIRST_MILLIS = 5_000;
  private static final int WARM_SPREAD_MILLIS = 10_000;

  private static final int FIRST_MILLIS = 15_000;
  private static final int SPREAD_MILLIS = 20_000;

  private ArmedTimeouts() {}

  /** A server that accepts and says nothing. */
  static final class Silent {

    private Silent() {}

    @SuppressWarnings("ModifiedButNotUsed") // They must not be collected, which would close them.
    public static void main(String[] args) throws IOException {
      ServerSocket listener = new ServerSocket(0, 5_000, InetAddress.getLoopbackAddress());
      System.out.println(listener.getLocalPort());
      List<Socket> accepted = new ArrayList<>();
      while (true) {
        accepted.add(listener.accept());
      }
    }
  }

  /**
   * Arms them, waits for all, and prints how late they were.
   *
   * @param args how many, and {@code alarms} for those without calls, or {@code bare} for calls
   *     without a mesh ({@code calls})
   */
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[0]);
    String what = args.length > 1 ? args[1] : "calls";
    if (!List.of("calls", "alarms", "bare").contains(what)) {
      throw new IllegalArgumentException(what + ": calls, alarms or bare");
    }
    if (what.equals("alarms")) {
      try (Ticker ticker = Ticker.start()) {
        measureAlarms(count, ticker);
      }
      return;
    }
    List<ChildJvm> servers = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      ChildJvm server = ChildJvm.start(List.of(), Silent.class);
      servers.add(server);
      addresses.add("127.0.0.1:" + server.line());
    }
    Map<String, String> keys =
        Map.of(
            "mesh.upstream.silent.servers", String.join(",", addresses),
            "mesh.upstream.silent.timeout", "60s",
            "mesh.upstream.silent.timeout.connect", "10s",
            "mesh.upstream.silent.retry.on", "off",
            "mesh.upstream.silent.outlier.mode", "off",
            "mesh.upstream.silent.breaker.enabled", "false",
            "mesh.upstream.silent.max-requests", "1000000");
    try (Ticker ticker = Ticker.start();
        Mesh mesh = Mesh.of(keys)) {
      if (what.equals("bare")) {
        measure(HttpClient.newHttpClient(), addresses, count, ticker);
      } else {
        measure(mesh.wrap(HttpClient.newHttpClient()), List.of("silent"), count, ticker);
      }
    } finally {
      for (ChildJvm server : servers) {
        server.close();
      }
    }
  }

  private static void measureAlarms(int count, Ticker ticker) throws InterruptedException {
    ExecutorService threads = Executors.newCachedThreadPool();
    Alarms alarms = new PunctualAlarms(new DaemonTimers("armed-timers"), threads);
    SplittableRandom random = new SplittableRandom(1);
    long[] deadlines = new long[count];
    long[] ends = new long[count];
    CountDownLatch left = new CountDownLatch(count);
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      int alarm = i;
      long now = System.nanoTime();
      deadlines[i] =
          start + TimeUnit.MILLISECONDS.toNanos(FIRST_MILLIS + random.nextInt(SPREAD_MILLIS));
      Timers.Timer unused =
          alarms.schedule(
              deadlines[i] - now,
              () -> {
                ends[alarm] = System.nanoTime();
                left.countDown();
              },
              noThread -> {
                throw new IllegalStateException(noThread);
              });
    }
    Load load = loadFrom(start, FIRST_MILLIS);
    left.await();
    print(load, ticker, deadlines, ends);
    threads.shutdown();
  }

  private static void measure(HttpClient http, List<String> hosts, int count, Ticker ticker)
      throws InterruptedException {
    System.out.println("the first timeouts of the process:");
    measure(http, hosts, COLD, COLD_FIRST_MILLIS, COLD_SPREAD_MILLIS, ticker);
    System.out.println("the next:");
    measure(http, hosts, WARM, WARM_FIRST_MILLIS, WARM_SPREAD_MILLIS, ticker);
    System.out.println("and then:");
    measure(http, hosts, count, FIRST_MILLIS, SPREAD_MILLIS, ticker);
  }

  private static void measure(
      HttpClient http,
      List<String> hosts,
      int count,
      int firstMillis,
      int spreadMillis,
      Ticker ticker)
      throws InterruptedException {
    SplittableRandom random = new SplittableRandom(1);
    long[] deadlines = new long[count];
    long[] ends = new long[count];
    List<CompletableFuture<?>> calls = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      int call = i;
      long now = System.nanoTime();
      long at = TimeUnit.MILLISECONDS.toNanos(firstMillis + random.nextInt(spreadMillis));
      deadlines[i] = start + at;
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://" + hosts.get(i % hosts.size()) + "/" + i))
              .timeout(Duration.ofNanos(start + at - now))
              .build();
      calls.add(
          http.sendAsync(request, BodyHandlers.discarding())
              .whenComplete((answer, failure) -> ends[call] = System.nanoTime()));
      if (i % 100 == 99) {
        TimeUnit.MILLISECONDS.sleep(10); // Or the queues of the listeners run over.
      }
    }
    long armed = System.nanoTime();
    int early = (int) calls.stream().filter(CompletableFuture::isDone).count();
    System.out.printf(
        "%d calls made in %.1f s, %d in flight%n", count, (armed - start) / 1e9, count - early);
    Load load = loadFrom(start, firstMillis);
    for (CompletableFuture<?> call : calls) {
      call.handle((answer, failure) -> failure).join();
    }
    print(load, ticker, deadlines, ends);
    TimeUnit.SECONDS.sleep(1); // A program: what these have left to do is not to be in others' way.
  }

  /** The load from half a second before the first of them runs out; a program waits for that. */
  private static Load loadFrom(long start, int firstMillis) throws InterruptedException {
    long begin = start + TimeUnit.MILLISECONDS.toNanos(firstMillis - 500);
    TimeUnit.NANOSECONDS.sleep(Math.max(0, begin - System.nanoTime()));
    return new Load();
  }

  private static void print(Load load, Ticker ticker, long[] deadlines, long[] ends) {
    int count = ends.length;
    System.out.println("load: " + load.busy());
    System.out.println("pauses of this process: " + ticker);
    int first =
        IntStream.range(0, count)
            .reduce((a, b) -> deadlines[b] < deadlines[a] ? b : a)
            .orElseThrow();
    System.out.printf("the first       %.2f ms%n", (ends[first] - deadlines[first]) / 1e6);
    System.out.println("as measured     " + Overshoot.of(late(deadlines, ends)));
    long[] pauses = new long[count];
    for (int i = 0; i < count; i++) {
      pauses[i] = ends[i] - ticker.paused(deadlines[i], ends[i]);
    }
    System.out.println("without pauses  " + Overshoot.of(late(deadlines, pauses)));
    System.out.println(
        "returned before their deadline: " + (count - late(deadlines, ends).count()));
  }

  private static LongStream late(long[] deadlines, long[] ends) {
    return IntStream.range(0, ends.length)
        .mapToLong(i -> ends[i] - deadlines[i])
        .filter(nanos -> nanos >= 0);
  }
}
