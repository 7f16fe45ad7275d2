package dev.inmesh.samples.bench;

import dev.inmesh.balance.Attempt;
import dev.inmesh.balance.Balancer;
import dev.inmesh.balance.Balancers;
import dev.inmesh.balance.Candidate;
import dev.inmesh.balance.Candidates;
import dev.inmesh.balance.Load;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.balance.ServiceTime;
import dev.inmesh.config.BalancerType;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One pick. Its state is another one each time, so that no branch predictor learns the picks by
 * heart. Goals at 10 servers: at most 40 ns, least_conn and least_time 60 ns, and no allocation;
 * nearly flat in the number of servers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class PickBenchmark {

  private static final int IN_FLIGHT_PER_SERVER = 4;

  /** Longer than what a branch predictor learns by heart. */
  private static final int ORDER = 1 << 16;

  private static final int ORDERS = 64;

  /** How many attempts are in flight where, and what is known of their times. */
  public enum Loads {
    /**
     * Four for each server end in random order, and each pick starts one; all take the same time.
     */
    EVEN,
    /** Each pick finds 0 to 7 on each server; each takes another time. */
    RANDOM
  }

  /** The balancer. */
  @Param({"ROUND_ROBIN", "LEAST_CONN", "LEAST_TIME", "RANDOM_TWO", "HASH"})
  public BalancerType balancer;

  /** Servers of the tier. */
  @Param({"10", "10000"})
  public int servers;

  /** The first server's weight; the others weigh 1. */
  @Param({"1", "100"})
  public int firstWeight;

  /** What is in flight. */
  @Param({"EVEN", "RANDOM"})
  public Loads loads;

  /** Over the same servers in different orders, so that a scan finds its best anywhere. */
  private List<Balancer<BenchServer>> pickers;

  private BenchServer[] all;
  private BenchServer[] running;
  private final int[] order = new int[ORDER];
  private final int[] noises = new int[ORDER];
  private int step;

  /** Of this pick: odd, or 0 where the loads are even. */
  private int noise;

  private long now;

  /** Asks of the server what the engine asks. */
  private final Attempt<BenchServer> attempt =
      new Attempt<>() {
        @Override
        public boolean mayUse(BenchServer server) {
          return !server.load.draining && server.admits(now);
        }

        @Override
        public long nowNanos() {
          return now;
        }

        @Override
        public long keyHash() {
          return step;
        }

        @Override
        public int callsInFlight() {
          return running.length;
        }
      };

  /** Servers that have their attempts in flight already. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    BenchServer[] candidates = new BenchServer[servers];
    for (int i = 0; i < servers; i++) {
      candidates[i] = new BenchServer(i, i == 0 ? firstWeight : 1);
      candidates[i].answered(loads == Loads.EVEN ? new Random(2) : random);
    }
    all = candidates;
    running = new BenchServer[servers * IN_FLIGHT_PER_SERVER];
    for (int i = 0; i < running.length; i++) {
      running[i] = candidates[i % servers];
      running[i].load.add(1);
    }
    for (int i = 0; i < ORDER; i++) {
      order[i] = random.nextInt(running.length);
      noises[i] = random.nextInt();
    }
    pickers = pickers(candidates, random);
  }

  private List<Balancer<BenchServer>> pickers(BenchServer[] candidates, Random random) {
    List<BenchServer> shuffled = new ArrayList<>(List.of(candidates));
    // Many of a hash's tables would only measure the processor's caches.
    boolean scans = servers <= 16 && loads == Loads.RANDOM && balancer != BalancerType.HASH;
    List<Balancer<BenchServer>> made = new ArrayList<>();
    do {
      made.add(
          Balancers.of(
              balancer,
              Candidates.of(shuffled.toArray(new BenchServer[0])),
              RandomSource.perThread()));
      Collections.shuffle(shuffled, random);
    } while (scans && made.size() < ORDERS);
    return made;
  }

  /** An attempt ends, and the next one is picked a server for. */
  @Benchmark
  public @Nullable Object pick() {
    int at = step++ & (ORDER - 1);
    now = BenchServer.NOW + (noises[at] >>> 10);
    if (loads == Loads.RANDOM) {
      noise = noises[at] | 1;
      return pickers.get(noises[at] & (pickers.size() - 1)).pick(attempt);
    }
    running[order[at]].load.add(-1);
    BenchServer picked = pickers.get(0).pick(attempt);
    if (picked != null) {
      picked.load.add(1);
      running[order[at]] = picked;
    }
    return picked;
  }

  /** What {@link #pick} does besides: the end of one attempt and the count of another. */
  @Benchmark
  public Object besides() {
    int at = step++ & (ORDER - 1);
    now = BenchServer.NOW + (noises[at] >>> 10);
    if (loads == Loads.RANDOM) {
      noise = noises[at] | 1;
      return pickers.get(noises[at] & (pickers.size() - 1));
    }
    running[order[at]].load.add(-1);
    BenchServer next = servers(at);
    next.load.add(1);
    running[order[at]] = next;
    return next;
  }

  /** Each in turn. */
  private BenchServer servers(int at) {
    return all[(int) ((at * (long) all.length) >>> 16)];
  }

  /** As many objects behind one another as the engine's, and as many reads. */
  private final class BenchServer implements Candidate {

    /** Picks take place at this instant, or up to 4 ms later. */
    static final long NOW = 1_000_000_000;

    private final int weight;
    private final long hash;
    private final ServiceTime time = new ServiceTime(0);
    private final BenchLoad load;
    private volatile boolean askedToWait;
    private volatile Server entry;

    BenchServer(int index, int weight) {
      this.weight = weight;
      this.hash = RandomSource.mix(index);
      this.load = new BenchLoad((int) RandomSource.mix(hash));
      this.entry = Server.of("10.0.0.1", 1 + index);
    }

    void answered(Random random) {
      int latency = 1_000_000 + random.nextInt(500_000);
      ServiceTime.Running attempt = new ServiceTime.Running() {};
      time.started(attempt, 0);
      time.ended(attempt, latency, latency);
      // The oldest attempt overtakes the average during some of the picks: whose score is the least
      // depends on the instant.
      long oldest = NOW - 2_000_000 + random.nextInt(4_000_000);
      for (int i = 0; i < IN_FLIGHT_PER_SERVER; i++) {
        time.started(new ServiceTime.Running() {}, oldest);
      }
    }

    boolean admits(long instant) {
      if (askedToWait) {
        return instant < NOW;
      }
      int maxConns = entry.maxConns();
      return maxConns == 0 || inFlight() < maxConns;
    }

    @Override
    public int weight() {
      return weight;
    }

    @Override
    public Load load() {
      return load;
    }

    @Override
    public ServiceTime serviceTime() {
      return time;
    }

    @Override
    public long addressHash() {
      return hash;
    }
  }

  private static final AtomicIntegerFieldUpdater<BenchLoad> IN_FLIGHT =
      AtomicIntegerFieldUpdater.newUpdater(BenchLoad.class, "inFlight");

  private final class BenchLoad extends Load {

    private final int salt;
    private volatile int inFlight;
    private volatile boolean draining;

    private BenchLoad(int salt) {
      this.salt = salt;
    }

    @Override
    public int inFlight() {
      int now = inFlight;
      return noise == 0 ? now : ((now + salt) * noise) >>> 29;
    }

    /** By one thread, so that counting costs next to nothing: it is no part of the pick. */
    void add(int attempts) {
      IN_FLIGHT.lazySet(this, inFlight + attempts);
    }
  }
}
