package dev.inmesh.samples.bench;

import dev.inmesh.Mesh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import okhttp3.OkHttpClient;

/**
 * Calls over OkHttp on the loopback interface, the client on core 0 and the server on core 1: the
 * bare client against one that the mesh wraps, and against a second bare one, which shows how much
 * of a difference is noise. Blocks of calls in turn; what counts is the ratio within a round.
 * Goals: p50 at most 1.05 times the bare client's, at most 2 kB more for a call.
 */
public final class LoopbackBenchmark {

  /** The mesh's own default; the bare client gets the same. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private static final int SERVERS = 3;

  private final List<Variant> variants;
  private final int calls;

  private LoopbackBenchmark(List<Variant> variants, int calls) {
    this.variants = variants;
    this.calls = calls;
  }

  /**
   * Measures and prints.
   *
   * @param args pairs of JVMs (3), rounds in each (60), calls of a block (1000)
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int pairs = Integer.parseInt(args.length > 0 ? args[0] : "3");
    String rounds = args.length > 1 ? args[1] : "60";
    String calls = args.length > 2 ? args[2] : "1000";
    System.out.println(
        PinnedJvm.canPin()
            ? "client pinned to core 0, server to core 1"
            : "not pinned: no taskset, or one core only");
    // A JVM is fast or slow by a few per cent for as long as it lives, a client as well as a
    // server.
    for (int pair = 0; pair < pairs; pair++) {
      measure(rounds, calls);
    }
  }

  private static void measure(String rounds, String calls)
      throws IOException, InterruptedException {
    Process server = PinnedJvm.on(1, Ponger.class, List.of(Integer.toString(SERVERS))).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      String ports = out.readLine();
      Process client =
          PinnedJvm.on(0, Client.class, List.of(ports, rounds, calls)).inheritIO().start();
      if (client.waitFor() != 0) {
        throw new IOException("the client failed");
      }
    } finally {
      server.destroy();
    }
  }

  /** The JVM on the client's core. */
  static final class Client {

    private Client() {}

    public static void main(String[] args) throws IOException {
      List<Integer> ports = Arrays.stream(args[0].split(" ")).map(Integer::valueOf).toList();
      int calls = Integer.parseInt(args[2]);
      System.out.println(run(ports, Integer.parseInt(args[1]), calls, 30 * calls));
    }
  }

  /** The report of a run against servers on these ports of the loopback interface. */
  static String run(List<Integer> ports, int rounds, int calls, int warmUp) throws IOException {
    String all = ports.stream().map(p -> "127.0.0.1:" + p).collect(Collectors.joining(","));
    String first = "127.0.0.1:" + ports.get(0);
    try (Mesh mesh =
        Mesh.of(Map.of("mesh.upstream.one.servers", first, "mesh.upstream.three.servers", all))) {
      OkHttpClient bare = new OkHttpClient.Builder().callTimeout(TIMEOUT).build();
      OkHttpClient again = new OkHttpClient.Builder().callTimeout(TIMEOUT).build();
      OkHttpClient wrapped = mesh.wrap(new OkHttpClient());
      LoopbackBenchmark benchmark =
          new LoopbackBenchmark(
              List.of(
                  new Variant("bare", bare, "http://" + first + "/v1/stock"),
                  new Variant("bare again", again, "http://" + first + "/v1/stock"),
                  new Variant("mesh, 1 server", wrapped, "http://one/v1/stock"),
                  new Variant("mesh, 3 servers", wrapped, "http://three/v1/stock")),
              calls);
      benchmark.warmUp(warmUp);
      benchmark.measure(rounds);
      return benchmark.report();
    }
  }

  private void warmUp(int times) throws IOException {
    for (int done = 0; done < times; done += calls) {
      for (Variant variant : variants) {
        variant.warmUp(calls);
      }
    }
  }

  /** Each round begins with another variant, so that none is always first. */
  private void measure(int rounds) throws IOException {
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < variants.size(); i++) {
        variants.get((round + i) % variants.size()).measure(calls);
      }
    }
  }

  private String report() {
    StringBuilder report = new StringBuilder();
    Variant bare = variants.get(0);
    report.append(
        String.format(
            Locale.ROOT,
            "%-16s %9s %9s %9s %9s  %s%n",
            bare.blocks().size() + " x " + calls,
            "p50 us",
            "p99 us",
            "CPU us",
            "B/call",
            "p50 / bare: median (min - max)"));
    for (Variant variant : variants) {
      double[] ratios = new double[variant.blocks().size()];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = (double) variant.blocks().get(i).p50() / bare.blocks().get(i).p50();
      }
      Arrays.sort(ratios);
      report.append(
          String.format(
              Locale.ROOT,
              "%-16s %9.1f %9.1f %9.1f %9d  %.3f (%.3f - %.3f)%n",
              variant.name(),
              median(variant, Variant.Block::p50) / 1e3,
              median(variant, Variant.Block::p99) / 1e3,
              median(variant, Variant.Block::cpu) / 1e3,
              median(variant, Variant.Block::bytes),
              ratios[ratios.length / 2],
              ratios[0],
              ratios[ratios.length - 1]));
    }
    return report.toString();
  }

  private static long median(Variant variant, ToLongFunction<Variant.Block> of) {
    long[] values = variant.blocks().stream().mapToLong(of).sorted().toArray();
    return values[values.length / 2];
  }
}
