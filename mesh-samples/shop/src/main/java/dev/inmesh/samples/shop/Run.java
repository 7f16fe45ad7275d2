package dev.inmesh.samples.shop;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.Upstream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/** One run of the demo: the mesh, the load, and a loop that obeys and prints. */
final class Run implements AutoCloseable {

  private static final String UPSTREAM = "inventory";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** What the demo is configured with; system properties overrule it. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "mesh.defaults.timeout", "300ms",
          "mesh.defaults.timeout.attempt", "100ms",
          "mesh.defaults.retry.on", "connect,error,timeout,http_500,http_503",
          "mesh.defaults.fallback", "default",
          "mesh.defaults.fallback.content-type", "application/json",
          "mesh.defaults.fallback.body", "{\"stock\":\"unknown\"}");

  private final Options options;
  private final PrintStream out;
  private final PrintStream err;
  private final Keys keys;
  private final Queue<Script.Step> steps;

  private final Shop shop;
  private final Attempts attempts = new Attempts();
  private final Balance balance = new Balance();
  private final Mesh mesh;
  private final Upstream upstream;
  private final Tally tally;
  private final Load load;
  private boolean quit;

  /**
   * Starts the mesh.
   *
   * @throws IllegalArgumentException if a system property of the mesh is wrong
   */
  Run(Options options, Shop shop, Pauses pauses, Keys keys, PrintStream out, PrintStream err)
      throws IOException {
    this.options = options;
    this.shop = shop;
    this.keys = keys;
    this.out = out;
    this.err = err;
    this.steps = new ArrayDeque<>(options.script().steps());
    this.mesh =
        Mesh.builder()
            .properties(DEFAULTS)
            .property("mesh.upstream." + UPSTREAM + ".servers", String.join(", ", shop.addresses()))
            .meterRegistry(attempts)
            .build();
    WarmUp.run(shop.addresses());
    this.upstream = mesh.upstream(UPSTREAM);
    this.tally = new Tally(timeout().toNanos(), pauses);
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    this.load =
        new Load(options.rate(), new Caller(http, "http://" + UPSTREAM + "/v1/stock/7", tally));
  }

  private void explain() {
    out.printf(
        "%d calls a second, of which each may take %d ms and then has its default. SUCCESS is live"
            + " answers, latencies are in ms.%n",
        options.rate(), timeout().toMillis());
    out.println("Type '1 hang', '2 fail', '3 refuse', '1 slow 80ms', 'all well', or 'q' to end.");
  }

  private Duration timeout() {
    return Objects.requireNonNull(mesh.configuration().settings().upstreams().get(UPSTREAM))
        .timeouts()
        .call();
  }

  /** Runs until its time is over or somebody ends it. */
  Summary run() throws InterruptedException {
    explain();
    long start = System.nanoTime();
    load.start();
    for (int second = 1; !quit && second <= options.seconds().orElse(Integer.MAX_VALUE); second++) {
      obeyUntil(start + second * SECOND, start);
      print(second);
    }
    load.stop();
    tally.look();
    out.printf("%ncounted: %s%n", attempts.counted());
    return tally.summary(load.sent(), balance.toString());
  }

  /** Does what the script says and what is typed, until that instant. */
  private void obeyUntil(long end, long start) throws InterruptedException {
    for (long now = System.nanoTime(); now < end && !quit; now = System.nanoTime()) {
      Script.Step step = steps.peek();
      long next = step == null ? end : Math.min(end, start + step.at().toNanos());
      if (step != null && now >= next) {
        obey(steps.remove().command());
        continue;
      }
      String line = keys.next(next - now);
      if (line != null) {
        type(line);
      }
    }
  }

  private void type(String line) {
    if (line.equals("q")) {
      quit = true;
      return;
    }
    try {
      obey(Command.parse(line, Shop.SERVERS));
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
    }
  }

  private void obey(Command command) {
    out.printf("%n> %s%n", command);
    shop.obey(command);
    balance.turned(command, System.nanoTime());
  }

  private void print(int second) {
    List<Long> answers = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    Table table = new Table(Terminal.isThere(), second + " s");
    for (ServerStatus server : upstream.servers()) {
      Second.Look look = attempts.since(server.address());
      answers.add(look.good());
      weights.add(server.weight());
      table.server(UPSTREAM + "/" + answers.size(), server, look);
    }
    balance.second(answers, weights, System.nanoTime());
    int weight = weights.stream().mapToInt(Integer::intValue).sum();
    table.upstream(UPSTREAM, attempts.breaker(), weight, tally.look(), upstream.active());
    out.print(table);
    out.flush();
  }

  @Override
  public void close() {
    mesh.close();
  }
}
