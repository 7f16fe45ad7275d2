package dev.inmesh.samples.bench;

import dev.inmesh.balance.Attempt;
import dev.inmesh.balance.Balancer;
import dev.inmesh.balance.Balancers;
import dev.inmesh.balance.Candidate;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.balance.ServiceTime;
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
 * One pick, while four attempts for each server are in flight and end in random order. Goals at 10
 * servers: at most 40 ns, least_conn 60 ns, and no allocation; flat in the number of servers.
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

  /** The balancer. */
  @Param({"ROUND_ROBIN", "LEAST_CONN", "LEAST_TIME", "RANDOM_TWO", "HASH"})
  public BalancerType balancer;

  /** Servers of the tier. */
  @Param({"10", "10000"})
  public int servers;

  /** The first server's weight; the others weigh 1. */
  @Param({"1", "100"})
  public int firstWeight;

  private Balancer<BenchServer> picker;
  private BenchServer[] running;
  private final int[] order = new int[ORDER];
  private int step;

  /** Asks of the server what the engine asks at least. */
  private final Attempt<BenchServer> attempt =
      new Attempt<>() {
        @Override
        public boolean mayUse(BenchServer server) {
          return server.inFlight() < Integer.MAX_VALUE;
        }

        @Override
        public long nowNanos() {
          return 1_000_000_000L + step;
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
      candidates[i] = new BenchServer(i, i == 0 ? firstWeight : 1, random.nextInt(2_000_000));
    }
    running = new BenchServer[servers * IN_FLIGHT_PER_SERVER];
    for (int i = 0; i < running.length; i++) {
      running[i] = candidates[i % servers];
      running[i].add(1);
    }
    for (int i = 0; i < ORDER; i++) {
      order[i] = random.nextInt(running.length);
    }
    picker = Balancers.of(balancer, candidates, RandomSource.perThread());
  }

  /** An attempt ends, and the next one is picked a server for. */
  @Benchmark
  public @Nullable Object pick() {
    int ends = order[step++ & (ORDER - 1)];
    running[ends].add(-1);
    BenchServer picked = picker.pick(attempt);
    if (picked != null) {
      picked.add(1);
      running[ends] = picked;
    }
    return picked;
  }

  private static final class BenchServer implements Candidate {

    private final int weight;
    private final long hash;
    private final ServiceTime time = new ServiceTime(0);
    private final AtomicInteger inFlight = new AtomicInteger();

    BenchServer(int index, int weight, int latencyNanos) {
      this.weight = weight;
      this.hash = RandomSource.mix(index);
      ServiceTime.Running attempt = new ServiceTime.Running() {};
      time.started(attempt, 0);
      time.ended(attempt, latencyNanos, latencyNanos);
      time.started(new ServiceTime.Running() {}, 999_000_000L);
    }

    /** By one thread, so that counting costs next to nothing: it is no part of the pick. */
    void add(int attempts) {
      inFlight.lazySet(inFlight.get() + attempts);
    }

    @Override
    public int weight() {
      return weight;
    }

    @Override
    public int inFlight() {
      return inFlight.get();
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
}
