package dev.inmesh.samples.bench;

import dev.inmesh.config.BalancerType;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.UpstreamEngine;
import java.util.concurrent.TimeUnit;
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
 * What an engine does when its list is replaced by one with another server in it. Goal at 10,000
 * servers: at most 5 ms, none of it on the way of a call.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up.
public class SwapBenchmark {

  /** The balancer. */
  @Param({"ROUND_ROBIN", "LEAST_CONN", "LEAST_TIME", "RANDOM_TWO", "HASH"})
  public BalancerType balancer;

  /** Servers of the list. */
  @Param({"10", "10000"})
  public int servers;

  /** The first server's weight; the others weigh 1. */
  @Param({"1", "100"})
  public int firstWeight;

  private UpstreamSettings one;
  private UpstreamSettings other;
  private UpstreamEngine engine;
  private boolean turn;

  /** Two lists that differ in their last server. */
  @Setup
  public void setUp() {
    one = Upstreams.of(balancer, servers, firstWeight, 1);
    other = Upstreams.of(balancer, servers, firstWeight, 2);
    engine = Upstreams.engine(one);
  }

  /** Puts the other list in place. */
  @Benchmark
  public UpstreamEngine swap() {
    turn = !turn;
    engine.apply(turn ? other : one, System.nanoTime());
    return engine;
  }
}
