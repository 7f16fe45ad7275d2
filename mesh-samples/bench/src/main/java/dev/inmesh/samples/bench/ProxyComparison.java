package dev.inmesh.samples.bench;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * inmesh beside nginx and HAProxy over real sockets: ten servers, of which one is ten times slower,
 * at half of what the others can do. Calls arrive at random, whether or not earlier ones have been
 * answered, and a latency counts from when the call was to start. Every variant has the same
 * arrivals and the same work.
 */
public final class ProxyComparison {

  private static final int SERVERS = 10;
  private static final double CALLS_PER_SECOND = 500;
  private static final long SEED = 1;

  private ProxyComparison() {}

  /** Takes the seconds to measure (60) and to warm up (15). */
  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    int warmUp = args.length > 1 ? Integer.parseInt(args[1]) : 15;
    System.out.println(run(seconds, warmUp));
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared with nothing.
  private record Result(String variant, long[] sorted, int failed) {

    double millis(double share) {
      return sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }
  }

  static String run(int seconds, int warmUp) throws Exception {
    StringBuilder said = new StringBuilder();
    List<Result> results = new ArrayList<>();
    try (QueueServers servers = new QueueServers(SERVERS)) {
      for (String balancer : List.of("least_time", "least_conn")) {
        try (Mesh mesh = mesh(servers, balancer)) {
          OkHttpClient http = mesh.wrap(client());
          results.add(measure("inmesh " + balancer, http, "http://fleet/", seconds, warmUp));
        }
      }
      measureProxy("nginx least_conn", Proxy.nginx(servers.addresses()), seconds, warmUp)
          .ifPresentOrElse(results::add, () -> said.append("nginx is not installed: left out\n"));
      measureProxy("HAProxy leastconn", Proxy.haproxy(servers.addresses()), seconds, warmUp)
          .ifPresentOrElse(results::add, () -> said.append("HAProxy is not installed: left out\n"));
    }
    return said + table(results);
  }

  /** The balancers alone: ejection by latency would help those that don't look at it. */
  private static Mesh mesh(QueueServers servers, String balancer) {
    return Mesh.builder()
        .property("mesh.upstream.fleet.servers", String.join(",", servers.addresses()))
        .property("mesh.upstream.fleet.balancer", balancer)
        .property("mesh.upstream.fleet.outlier.mode", "off")
        .property("mesh.upstream.fleet.keepalive", "256")
        .build();
  }

  private static OkHttpClient client() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(10_000);
    dispatcher.setMaxRequestsPerHost(10_000);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(256, 5, TimeUnit.MINUTES))
        .readTimeout(60, TimeUnit.SECONDS)
        .build();
  }

  private static Optional<Result> measureProxy(
      String name, Optional<Proxy> found, int seconds, int warmUp) throws Exception {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (Proxy proxy = found.get()) {
      String url = "http://127.0.0.1:" + proxy.port() + "/";
      return Optional.of(measure(name, client(), url, seconds, warmUp));
    }
  }

  private static Result measure(String name, OkHttpClient http, String url, int seconds, int warmUp)
      throws Exception {
    SplittableRandom arrivals = new SplittableRandom(SEED);
    List<Long> starts = new ArrayList<>();
    double at = 0;
    while (at < (seconds + warmUp) * 1e9) {
      at += -Math.log(1 - arrivals.nextDouble()) * 1e9 / CALLS_PER_SECOND;
      starts.add((long) at);
    }
    long[] latencies = new long[starts.size()];
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(starts.size());
    long begin = System.nanoTime();
    for (int i = 0; i < starts.size(); i++) {
      long intended = begin + starts.get(i);
      for (long left = intended - System.nanoTime();
          left > 0;
          left = intended - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int index = i;
      http.newCall(new Request.Builder().url(url + i).build())
          .enqueue(
              new Callback() {
                @Override
                public void onResponse(Call call, Response response) throws IOException {
                  try (response) {
                    boolean good = response.code() == 200 && response.body().bytes().length > 0;
                    over(good ? 0 : 1);
                  }
                }

                @Override
                public void onFailure(Call call, IOException e) {
                  over(1);
                }

                private void over(int failures) {
                  latencies[index] = System.nanoTime() - intended;
                  failed.addAndGet(failures);
                  open.countDown();
                }
              });
    }
    open.await();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
    int first = (int) starts.stream().filter(start -> start < warmUp * 1e9).count();
    long[] measured = Arrays.copyOfRange(latencies, first, latencies.length);
    Arrays.sort(measured);
    return new Result(name, measured, failed.get());
  }

  private static String table(List<Result> results) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-20s %9s %9s %9s %9s %10s %8s%n",
                "ms",
                "p50",
                "p99",
                "p99.9",
                "p99 x",
                "p99.9 x",
                "failed"));
    Result own = results.get(0);
    for (Result result : results) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-20s %9.1f %9.1f %9.1f %9.2f %10.2f %8d%n",
              result.variant,
              result.millis(0.5),
              result.millis(0.99),
              result.millis(0.999),
              own.millis(0.99) / result.millis(0.99),
              own.millis(0.999) / result.millis(0.999),
              result.failed));
    }
    return table + "(x: inmesh least_time divided by this)\n";
  }
}
