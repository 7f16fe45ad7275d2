package dev.inmesh.samples.bench;

import dev.inmesh.timer.DaemonTimers;
import dev.inmesh.timer.PunctualAlarms;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * To arm a timeout and to cancel it, which is what becomes of most: the mesh's own timers and the
 * alarms on them, which keep the time of calls of the JDK's client, OkHttp's (okio's, of which a
 * call has several), and the JDK's scheduler, with others armed beside.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class TimeoutBenchmark {

  private static final long TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How many others are armed, due between an hour and two from now. */
  @Param({"0", "20000"})
  public int armed;

  private final DaemonTimers timers = new DaemonTimers("timers");
  private final PunctualAlarms alarms =
      new PunctualAlarms(
          timers,
          never -> {
            throw new IllegalStateException("all are cancelled long before");
          });
  private final ScheduledThreadPoolExecutor scheduler =
      new ScheduledThreadPoolExecutor(1, DaemonThread::new);

  /** Arms the others. */
  @Setup
  public void armOthers() {
    scheduler.setRemoveOnCancelPolicy(true);
    for (int i = 0; i < armed; i++) {
      long nanos = TimeUnit.HOURS.toNanos(1) + i * TimeUnit.HOURS.toNanos(1) / armed;
      timers.schedule(nanos, TimeoutBenchmark::nothing);
      Future<?> unused = scheduler.schedule(TimeoutBenchmark::nothing, nanos, TimeUnit.NANOSECONDS);
      AsyncTimeout timeout = new AsyncTimeout();
      timeout.timeout(nanos, TimeUnit.NANOSECONDS);
      timeout.enter();
    }
  }

  /** Ends its thread. */
  @TearDown
  public void stop() {
    scheduler.shutdownNow();
  }

  private static void nothing() {}

  private static void nothingOf(Throwable noThread) {}

  /** A reading of the clock, which each of the others makes too. */
  @Benchmark
  public long clock() {
    return System.nanoTime();
  }

  /** The mesh's own. */
  @Benchmark
  public void wheel() {
    timers.schedule(TIMEOUT_NANOS, TimeoutBenchmark::nothing).cancel();
  }

  /** The same, for a call that somebody waits for. */
  @Benchmark
  public void alarms() {
    alarms.schedule(TIMEOUT_NANOS, TimeoutBenchmark::nothing, TimeoutBenchmark::nothingOf).cancel();
  }

  /** OkHttp's. */
  @Benchmark
  public boolean okio() {
    AsyncTimeout timeout = new AsyncTimeout();
    timeout.timeout(TIMEOUT_NANOS, TimeUnit.NANOSECONDS);
    timeout.enter();
    return timeout.exit();
  }

  /** The JDK's. */
  @Benchmark
  public boolean scheduler() {
    return scheduler
        .schedule(TimeoutBenchmark::nothing, TIMEOUT_NANOS, TimeUnit.NANOSECONDS)
        .cancel(false);
  }

  private static final class DaemonThread extends Thread {

    private DaemonThread(Runnable work) {
      super(work, "scheduler");
      setDaemon(true);
    }
  }
}
