package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.BalancerType;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for any list, weights, outcomes and order of events; the seed is the argument. */
final class EnginePropertiesTest {

  private static final int STEPS = 1_500;
  private static final String FENCE = "no";

  static IntStream seeds() {
    return IntStream.rangeClosed(1, 150);
  }

  /** An entry of the list, as the test wants it to be. */
  private record Entry(
      int weight, int maxConns, boolean backup, boolean down, boolean drain, boolean fenced) {

    static Entry any(Random random) {
      return new Entry(
          1 + random.nextInt(random.nextBoolean() ? 3 : 100),
          random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0,
          random.nextInt(6) == 0,
          random.nextInt(10) == 0,
          random.nextInt(10) == 0,
          random.nextInt(10) == 0);
    }

    boolean isUsable() {
      return !down && !drain && !fenced;
    }

    String written(String address) {
      return address
          + " weight="
          + weight
          + (maxConns > 0 ? " max_conns=" + maxConns : "")
          + (backup ? " backup" : "")
          + (down ? " down" : "")
          + (drain ? " drain" : "")
          + " region="
          + (fenced ? "se" : FENCE);
    }
  }

  /** A call under way. */
  private static final class Running {
    final CallPlan plan;
    final List<Lease> leases = new ArrayList<>();

    Running(CallPlan plan) {
      this.plan = plan;
    }
  }

  private final Map<String, Entry> list = new TreeMap<>();
  private final Map<String, Integer> inFlight = new HashMap<>();
  private final List<String> drained = new ArrayList<>();
  private final List<Running> calls = new ArrayList<>();
  private int maxEjectionPercent;
  private int firstAttempts;
  private int extraAttempts;

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappensTheRulesHold(int seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 1 + random.nextInt(10); i > 0; i--) {
      list.put("s" + i + ":80", Entry.any(random));
    }
    EngineHarness mesh = new EngineHarness(written(), keys(random));
    long start = mesh.now();

    for (int step = 0; step < STEPS; step++) {
      int heard = mesh.events.heard.size();
      long out = out(mesh);
      act(mesh, random);
      List<String> ejections =
          mesh.events.heard.subList(heard, mesh.events.heard.size()).stream()
              .filter(e -> e.startsWith("ejected "))
              .toList();
      if (!ejections.isEmpty() && out(mesh) > out) {
        checkCaps(mesh, ejections);
      }
    }

    while (!calls.isEmpty()) {
      end(mesh, calls.get(0), random);
    }
    mesh.pass(Duration.ofMillis(40));
    assertThat(mesh.engine().active()).isZero();
    assertThat(mesh.engine().servers(mesh.now())).allMatch(server -> server.inFlight() == 0);
    double seconds = (mesh.now() - start) / 1e9;
    assertThat((double) extraAttempts)
        .as("extra attempts of %s", firstAttempts)
        .isLessThanOrEqualTo(5 + 0.1 * firstAttempts + 0.2 * seconds);
  }

  /** Servers that take no time: nothing but the weights can decide. */
  @ParameterizedTest
  @MethodSource("seeds")
  void weightsAreRespectedAndNobodyStarves(int seed) throws Exception {
    Random random = new Random(seed);
    int servers = 2 + random.nextInt(12);
    int[] weights = random.ints(servers, 1, random.nextBoolean() ? 4 : 101).toArray();
    int sum = IntStream.of(weights).sum();
    String entries =
        IntStream.range(0, servers)
            .mapToObj(i -> "s" + i + ":80 weight=" + weights[i])
            .collect(Collectors.joining(", "));
    for (String balancer : List.of("round_robin", "least_conn")) {
      EngineHarness mesh = new EngineHarness(entries, "balancer", balancer);
      Map<String, Integer> picks = new HashMap<>();

      for (int i = 0; i < sum; i++) {
        picks.merge(mesh.succeed(), 1, Integer::sum);
      }
      assertThat(picks).as("%s: nobody starves in %s picks", balancer, sum).hasSize(servers);
      for (int i = sum; i < 60 * sum; i++) {
        picks.merge(mesh.succeed(), 1, Integer::sum);
      }

      for (int i = 0; i < servers; i++) {
        double fair = 60.0 * weights[i];
        assertThat(picks.getOrDefault("s" + i + ":80", 0) / fair)
            .as("%s: s%s with weight %s of %s", balancer, i, weights[i], sum)
            .isBetween(0.98, 1.02);
      }
    }
  }

  private String[] keys(Random random) {
    BalancerType[] balancers = BalancerType.values();
    String balancer = balancers[random.nextInt(balancers.length)].name().toLowerCase(Locale.ROOT);
    maxEjectionPercent = random.nextInt(101);
    return new String[] {
      "balancer",
      balancer,
      "region-fence",
      FENCE,
      "retry.on",
      "connect,error,timeout,http_500,http_503",
      "retry.tries",
      String.valueOf(1 + random.nextInt(4)),
      "hedge.after",
      random.nextBoolean() ? "10ms" : "off",
      "hedge.tries",
      "2",
      "max-requests",
      random.nextBoolean() ? "1024" : "adaptive",
      "outlier.max-ejection-percent",
      maxEjectionPercent + "%",
      "slow-start",
      random.nextBoolean() ? "0s" : "5s",
      "breaker.enabled",
      String.valueOf(random.nextBoolean()),
    };
  }

  private String written() {
    return list.entrySet().stream()
        .map(e -> e.getValue().written(e.getKey()))
        .collect(Collectors.joining(", "));
  }

  private void act(EngineHarness mesh, Random random) throws Exception {
    int dice = random.nextInt(100);
    if (dice < 40) {
      call(mesh);
    } else if (dice < 80 && !calls.isEmpty()) {
      end(mesh, calls.get(random.nextInt(calls.size())), random);
    } else if (dice < 85 && !calls.isEmpty()) {
      Running call = calls.get(random.nextInt(calls.size()));
      List<ServerView> before = mesh.engine().servers(mesh.now());
      extra(call, call.plan.hedge(mesh.now()), before, false);
    } else if (dice < 93) {
      mesh.pass(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 5_000 : 100)));
    } else if (dice < 95) {
      String server = anyServer(random);
      CompletableFuture<Void> unused = mesh.engine().drain(server, mesh.now());
      drained.add(server);
    } else if (dice < 97) {
      String server = anyServer(random);
      mesh.engine().restore(server, mesh.now());
      drained.removeIf(server::equals);
    } else if (dice < 98) {
      change(mesh, random);
    } else {
      mesh.pause(Duration.ofMillis(random.nextInt(300)));
    }
  }

  private String anyServer(Random random) {
    return new ArrayList<>(list.keySet()).get(random.nextInt(list.size()));
  }

  private void change(EngineHarness mesh, Random random) {
    if (random.nextBoolean() && list.size() > 1) {
      String gone = anyServer(random);
      list.remove(gone);
    } else {
      list.put("s" + (1 + random.nextInt(12)) + ":80", Entry.any(random));
    }
    mesh.reload("servers", written());
    // One that left without an attempt in flight is forgotten, its drain with it.
    drained.removeIf(server -> !list.containsKey(server));
  }

  private void call(EngineHarness mesh) {
    List<ServerView> before = mesh.engine().servers(mesh.now());
    long failedOpen = mesh.events.count("failed open");
    Running call;
    try {
      call = new Running(mesh.plan());
    } catch (MeshException refused) {
      return;
    }
    firstAttempts++;
    try {
      Lease lease = call.plan.first(mesh.now());
      boolean open = mesh.events.count("failed open") > failedOpen;
      checkPick(lease, before, open, true);
      started(call, lease);
      calls.add(call);
    } catch (MeshException nobody) {
      call.plan.end(Outcome.REJECTION, false, false, mesh.now());
    }
  }

  private void started(Running call, Lease lease) {
    call.leases.add(lease);
    inFlight.merge(lease.address(), 1, Integer::sum);
  }

  private void checkPick(Lease lease, List<ServerView> before, boolean open, boolean first) {
    String address = lease.address();
    Entry entry = list.get(address);
    assertThat(entry).as("%s is in the list", address).isNotNull();
    assertThat(entry.isUsable()).as("%s is neither down nor fenced", address).isTrue();
    assertThat(drained).as("drained").doesNotContain(address);
    if (entry.maxConns() > 0) {
      assertThat(inFlight.getOrDefault(address, 0)).as(address).isLessThan(entry.maxConns());
    }
    ServerView view =
        before.stream().filter(s -> s.address().equals(address)).findFirst().orElseThrow();
    assertThat(view.state()).as(address).isNotEqualTo(ServerView.State.WAITING);
    if (view.state() == ServerView.State.EJECTED && !open) {
      assertThat(first).as("only a first attempt probes").isTrue();
      assertThat(view.timeLeft()).as("%s is probed when its time is over", address).isZero();
    }
  }

  private void extra(Running call, @Nullable Lease lease, List<ServerView> before, boolean open) {
    if (lease != null) {
      extraAttempts++;
      checkPick(lease, before, open, false);
      started(call, lease);
    }
  }

  /** Ends one of its attempts in some way, and the call when nothing comes after that. */
  private void end(EngineHarness mesh, Running call, Random random) {
    while (true) {
      Lease lease = call.leases.remove(random.nextInt(call.leases.size()));
      Outcome outcome = endSomehow(mesh, lease, random);
      inFlight.merge(lease.address(), -1, Integer::sum);
      lease.success(mesh.now()); // A second end does nothing.
      lease.ignored(true, mesh.now());
      if (outcome == Outcome.SUCCESS) {
        call.leases.forEach(loser -> lost(mesh, loser));
        call.leases.clear();
      }
      if (!call.leases.isEmpty()) {
        return;
      }
      if (outcome == Outcome.FAILURE && call.plan.mayRetry(Failure.STATUS, 500, true, mesh.now())) {
        List<ServerView> before = mesh.engine().servers(mesh.now());
        long failedOpen = mesh.events.count("failed open");
        Lease another = call.plan.another(mesh.now());
        extra(call, another, before, mesh.events.count("failed open") > failedOpen);
        if (!call.leases.isEmpty()) {
          return;
        }
        extraAttempts++; // It took its token, and found nobody.
      }
      assertThat(call.plan.end(outcome, true, random.nextBoolean(), mesh.now())).isTrue();
      assertThat(call.plan.end(outcome, true, false, mesh.now())).isFalse();
      calls.remove(call);
      return;
    }
  }

  private void lost(EngineHarness mesh, Lease loser) {
    loser.lost(mesh.now());
    inFlight.merge(loser.address(), -1, Integer::sum);
  }

  private static Outcome endSomehow(EngineHarness mesh, Lease lease, Random random) {
    long now = mesh.now();
    // Some servers are bad, so that there is something to find out.
    boolean bad = lease.address().hashCode() % 3 == 0;
    int dice = random.nextInt(100);
    if (dice < (bad ? 20 : 80)) {
      lease.success(now);
      return Outcome.SUCCESS;
    }
    if (dice < 90) {
      Failure[] failures = Failure.values();
      lease.failure(failures[random.nextInt(failures.length)], 500, now);
      return Outcome.FAILURE;
    }
    if (dice < 95) {
      lease.rejected(random.nextInt(2) * EngineHarness.MS * 200, now);
      return Outcome.REJECTION;
    }
    lease.ignored(random.nextBoolean(), now);
    return Outcome.IGNORED;
  }

  private static long out(EngineHarness mesh) {
    return mesh.addresses(ServerView.State.EJECTED).size();
  }

  /**
   * Looked at when somebody has just been ejected: a list that shrinks later may leave more out.
   */
  private void checkCaps(EngineHarness mesh, List<String> ejections) {
    long usable =
        list.entrySet().stream()
            .filter(e -> e.getValue().isUsable() && !drained.contains(e.getKey()))
            .count();
    boolean refused = ejections.stream().anyMatch(e -> e.endsWith(" refused"));
    long most = refused ? usable : (long) Math.ceil(usable * maxEjectionPercent / 100.0);
    assertThat(out(mesh))
        .as("out of %s usable, after %s", usable, ejections)
        .isLessThanOrEqualTo(Math.min(usable - 1, most));
  }
}
