package dev.inmesh.samples.bench;

import dev.inmesh.balance.Attempt;
import dev.inmesh.balance.Balancer;
import dev.inmesh.balance.Balancers;
import dev.inmesh.balance.Candidate;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.BalancerType;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * One pick. Goals at 10 servers: at most 40 ns, least_conn 60 ns, and no allocation; flat in the
 * number of servers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class PickBenchmark {

  private static final int NOISE = 1 << 12;

  /** The balancer. */
  @Param({"ROUND_ROBIN", "LEAST_CONN", "RANDOM_TWO"})
  public BalancerType balancer;

  /** Servers of the tier. */
  @Param({"10", "10000"})
  public int servers;

  /** The first server's weight; the others weigh 1. */
  @Param({"1", "100"})
  public int firstWeight;

  private Balancer<BenchServer> picker;
  private BenchServer[] candidates;
  private final int[] changed = new int[NOISE];
  private final int[] inFlight = new int[NOISE];
  private int step;

  /** Asks of the server what the engine asks at least. */
  private final Attempt<BenchServer> attempt = server -> server.inFlight() < Integer.MAX_VALUE;

  /** Servers with 0 to 7 attempts in flight each. */
  @Setup
  public void setUp() {
    Random random = new Random(1);
    candidates = new BenchServer[servers];
    for (int i = 0; i < servers; i++) {
      candidates[i] = new BenchServer(i == 0 ? firstWeight : 1, random.nextInt(8));
    }
    for (int i = 0; i < NOISE; i++) {
      changed[i] = random.nextInt(servers);
      inFlight[i] = random.nextInt(8);
    }
    picker = Balancers.of(balancer, candidates.clone(), RandomSource.perThread());
  }

  /** A pick, and before it another number of attempts in flight on one of the servers. */
  @Benchmark
  public @Nullable Object pick() {
    int i = step++ & (NOISE - 1);
    candidates[changed[i]].inFlight.lazySet(inFlight[i]);
    return picker.pick(attempt);
  }

  private static final class BenchServer implements Candidate {

    private final int weight;
    private final AtomicInteger inFlight;

    BenchServer(int weight, int inFlight) {
      this.weight = weight;
      this.inFlight = new AtomicInteger(inFlight);
    }

    @Override
    public int weight() {
      return weight;
    }

    @Override
    public int inFlight() {
      return inFlight.get();
    }
  }
}
