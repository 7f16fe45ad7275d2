package dev.inmesh.samples.bench;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.BalancerType;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Outcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The way of a good call through the engine, with ten servers and meters, without any I/O: plan,
 * lease, success, end. Goals on one thread: at most 0.7 us and 160 B; two threads on one upstream
 * are printed beside it, and what the clock takes of it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 10, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
public class PipelineBenchmark {

  private final UpstreamEngine engine =
      Upstreams.engine(Upstreams.of(BalancerType.LEAST_CONN, 10, 1, 5000));

  /** One thread. */
  @Benchmark
  @Threads(1)
  public boolean oneThread() throws MeshException {
    return call();
  }

  /** Two threads on the same upstream. */
  @Benchmark
  @Threads(2)
  public boolean twoThreads() throws MeshException {
    return call();
  }

  /** The three readings of the clock alone. */
  @Benchmark
  @Threads(1)
  public long clockAlone() {
    return System.nanoTime() + System.nanoTime() + System.nanoTime();
  }

  /** The clock is read where the OkHttp driver reads it. */
  private boolean call() throws MeshException {
    CallInfo info =
        new CallInfo("GET", "/v1/stock", System.nanoTime(), 0, Long.MAX_VALUE, true, true, false);
    long begin = System.nanoTime();
    CallPlan plan = engine.plan(info, begin);
    Lease lease = plan.first(begin);
    long end = System.nanoTime();
    lease.success(end);
    return plan.end(Outcome.SUCCESS, true, false, end);
  }
}
