package dev.inmesh.samples.bench;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Outcome;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Picks of the engine while another thread replaces the list of 10,000 servers 100 times a second,
 * against the same without. The clock's own time is in both. Goal: p99 at most twice as long.
 */
public final class SwapComparison {

  private static final long PERIOD_NANOS = 10_000_000;
  private static final int IN_FLIGHT = 256;

  private final UpstreamSettings one;
  private final UpstreamSettings other;
  private final UpstreamEngine engine;
  private final CallPlan[] plans = new CallPlan[IN_FLIGHT];
  private final Lease[] leases = new Lease[IN_FLIGHT];
  private int next;
  private volatile boolean swapping;

  private SwapComparison(BalancerType balancer, int servers) {
    this.one = Upstreams.of(balancer, servers, 1, 1);
    this.other = Upstreams.of(balancer, servers, 1, 2);
    this.engine = Upstreams.engine(one);
  }

  /**
   * Measures and prints.
   *
   * @param args milliseconds of a phase (1000), phases of each kind (10), servers (10000)
   */
  public static void main(String[] args) throws Exception {
    System.out.print(
        run(
            Integer.parseInt(args.length > 0 ? args[0] : "1000"),
            Integer.parseInt(args.length > 1 ? args[1] : "10"),
            Integer.parseInt(args.length > 2 ? args[2] : "10000")));
  }

  static String run(int millis, int phases, int servers) throws Exception {
    StringBuilder report =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-12s %10s %10s %8s %8s %8s %8s %10s%n",
                "ns a pick",
                "swaps/s",
                "ms a swap",
                "p50",
                "swapping",
                "p99",
                "swapping",
                "p99 ratio"));
    for (BalancerType balancer : BalancerType.values()) {
      report.append(new SwapComparison(balancer, servers).measure(millis, phases)).append('\n');
    }
    return report.toString();
  }

  /** The phases take turns, so that what else the machine does meets both alike. */
  private String measure(long millis, int phases) throws Exception {
    phase(new Latencies(), 2 * millis);
    swapping(() -> phase(new Latencies(), 2 * millis));
    Latencies quiet = new Latencies();
    Latencies swapped = new Latencies();
    Swaps swaps = new Swaps();
    for (int i = 0; i < phases; i++) {
      phase(quiet, millis);
      swaps.add(swapping(() -> phase(swapped, millis)));
    }
    return String.format(
        Locale.ROOT,
        "%-12s %10.0f %10.2f %8d %8d %8d %8d %10.2f",
        engine.settings().balancer().name().toLowerCase(Locale.ROOT),
        swaps.count / (millis * phases / 1e3),
        swaps.nanos / 1e6 / Math.max(1, swaps.count),
        quiet.quantile(0.5),
        swapped.quantile(0.5),
        quiet.quantile(0.99),
        swapped.quantile(0.99),
        (double) swapped.quantile(0.99) / quiet.quantile(0.99));
  }

  private interface Phase {
    void run() throws MeshException;
  }

  private static final class Swaps {
    private long count;
    private long nanos;

    private void add(Swaps more) {
      count += more.count;
      nanos += more.nanos;
    }
  }

  /** Runs the phase while another thread swaps the list. */
  private Swaps swapping(Phase phase) throws Exception {
    Swaps swaps = new Swaps();
    swapping = true;
    Thread swapper =
        new Thread(
            () -> {
              long due = System.nanoTime();
              while (swapping) {
                long begin = System.nanoTime();
                engine.apply(swaps.count % 2 == 0 ? other : one, begin);
                swaps.nanos += System.nanoTime() - begin;
                swaps.count++;
                due += PERIOD_NANOS;
                LockSupport.parkNanos(due - System.nanoTime());
              }
            });
    swapper.start();
    try {
      phase.run();
    } finally {
      swapping = false;
      swapper.join();
    }
    return swaps;
  }

  /** Starts attempts, of which the oldest ends each time. */
  private void phase(Latencies latencies, long millis) throws MeshException {
    long end = System.nanoTime() + millis * 1_000_000;
    for (long now = System.nanoTime(); now - end < 0; ) {
      int slot = next++ % IN_FLIGHT;
      if (plans[slot] != null) {
        leases[slot].success(now);
        plans[slot].end(Outcome.SUCCESS, true, false, now);
      }
      CallInfo info = new CallInfo("GET", "/v1/stock", now, now, Long.MAX_VALUE, true, true, false);
      CallPlan plan = engine.plan(info, now);
      long begin = System.nanoTime();
      leases[slot] = plan.first(begin);
      now = System.nanoTime();
      plans[slot] = plan;
      latencies.add(now - begin);
    }
  }

  /** How often a pick took so many nanoseconds. */
  private static final class Latencies {

    private final long[] times = new long[1 << 16];
    private long count;

    void add(long nanos) {
      times[(int) Math.min(nanos, times.length - 1)]++;
      count++;
    }

    long quantile(double share) {
      long rank = (long) (share * count);
      int nanos = 0;
      for (long below = times[0]; below <= rank && nanos < times.length - 1; ) {
        below += times[++nanos];
      }
      return nanos;
    }
  }
}
