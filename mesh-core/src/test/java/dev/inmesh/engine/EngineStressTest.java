package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.call.MeshException;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Seeded threads do everything at once; whatever the interleaving, the sums must be right. */
final class EngineStressTest {

  private static final int THREADS = 8;
  private static final int CALLS = 6_000;

  /** So many more calls each thread makes while a server is drained. */
  private static final int CALLS_PER_DRAIN = 10;

  private static final List<Failure> FAILURES = List.of(Failure.values());

  @RepeatedTest(5)
  void whateverHappensAtOnceNothingIsLost(RepetitionInfo repetition) throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1 weight=3, b:1 max_conns=3, c:1 max_fails=2 fail_timeout=1s, d:1, e:1 backup",
            "retry.on",
            "connect,error,timeout,http_500",
            "retry.tries",
            "3",
            "outlier.base-ejection-time",
            "5ms",
            "outlier.max-ejection-time",
            "20ms",
            "breaker.open-duration",
            "3ms");
    UpstreamEngine engine = mesh.engine();
    AtomicLong clock = new AtomicLong(mesh.now());
    Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    Map<String, Boolean> drained = new ConcurrentHashMap<>();
    AtomicInteger firsts = new AtomicInteger();
    AtomicInteger extras = new AtomicInteger();
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    AtomicIntegerArray calls = new AtomicIntegerArray(THREADS);
    AtomicBoolean operated = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();

    for (int t = 0; t < THREADS; t++) {
      int caller = t;
      Random random = new Random(repetition.getCurrentRepetition() * 100L + t);
      threads.add(
          start(
              wrong,
              () -> {
                while (wrong.isEmpty() && (calls.get(caller) < CALLS || !operated.get())) {
                  call(engine, clock, random, running, drained, firsts, extras);
                  calls.incrementAndGet(caller);
                }
              }));
    }
    threads.add(
        start(
            wrong,
            () -> {
              Random random = new Random(repetition.getCurrentRepetition());
              for (int i = 0; i < 120 && wrong.isEmpty(); i++) {
                operate(mesh, clock, random, drained, running, () -> meanwhile(calls, wrong));
              }
              operated.set(true);
            }));
    for (Thread thread : threads) {
      thread.join();
    }
    engine.tick(clock.get());

    assertThat(wrong).isEmpty();
    assertThat(engine.active()).isZero();
    assertThat(engine.servers(clock.get())).allSatisfy(s -> assertThat(s.inFlight()).isZero());
    assertThat(mesh.addresses(ServerView.State.EJECTED)).hasSizeLessThan(5);
    assertThat(firsts.get()).isPositive();
    // 10 % of the first attempts, five to start with, 0.2 a second; the clock goes 1 us a reading.
    assertThat(extras.get()).isLessThanOrEqualTo(firsts.get() / 10 + 5 + 1);
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Thread start(Queue<Throwable> wrong, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                wrong.add(e);
              }
            });
    thread.start();
    return thread;
  }

  /** Returns when each thread has made its calls, or when something is wrong already. */
  private static void meanwhile(AtomicIntegerArray calls, Queue<Throwable> wrong) {
    int[] before = IntStream.range(0, THREADS).map(calls::get).toArray();
    for (int t = 0; t < THREADS; t++) {
      while (calls.get(t) < before[t] + CALLS_PER_DRAIN && wrong.isEmpty()) {
        LockSupport.parkNanos(100_000); // Polls a condition, and leaves the callers the processor.
      }
    }
  }

  private static void call(
      UpstreamEngine engine,
      AtomicLong clock,
      Random random,
      Map<String, AtomicInteger> running,
      Map<String, Boolean> drained,
      AtomicInteger firsts,
      AtomicInteger extras) {
    long start = clock.addAndGet(1_000);
    CallPlan plan;
    try {
      plan =
          engine.plan(new CallInfo("GET", "/", start, 0, Long.MAX_VALUE, true, true, false), start);
    } catch (MeshException refused) {
      return;
    }
    firsts.incrementAndGet();
    Lease lease;
    try {
      lease = plan.first(clock.addAndGet(1_000));
    } catch (MeshException nobody) {
      plan.end(Outcome.FAILURE, false, false, clock.get());
      return;
    }
    while (lease != null) {
      String address = lease.address();
      if (Boolean.TRUE.equals(drained.get(address))) {
        throw new AssertionError(address + " was drained and is used");
      }
      int now = running.computeIfAbsent(address, a -> new AtomicInteger()).incrementAndGet();
      if (address.equals("b:1") && now > 3) {
        throw new AssertionError("max_conns=3 but " + now);
      }
      int dice = random.nextInt(100);
      if (dice < 10) {
        Thread.onSpinWait();
      }
      running.get(address).decrementAndGet();
      long end = clock.addAndGet(1_000);
      if (dice < 55) {
        lease.success(end);
        lease.failure(Failure.ERROR, 0, end);
        plan.end(Outcome.SUCCESS, true, false, end);
        return;
      }
      if (dice < 60) {
        lease.ignored(dice < 57, end);
        plan.end(Outcome.IGNORED, dice < 57, false, end);
        return;
      }
      if (dice < 63) {
        lease.rejected(dice < 62 ? 0 : 10_000, end);
        plan.end(Outcome.REJECTION, true, false, end);
        return;
      }
      Failure failure = FAILURES.get(dice % FAILURES.size());
      lease.failure(failure, failure == Failure.STATUS ? 500 : 0, end);
      lease = plan.mayRetry(failure, 500, true, end) ? plan.another(end) : null;
      if (lease == null) {
        plan.end(Outcome.FAILURE, false, failure.isTimeout(), end);
        plan.end(Outcome.SUCCESS, false, false, end);
      } else {
        extras.incrementAndGet();
      }
    }
  }

  private static void operate(
      EngineHarness mesh,
      AtomicLong clock,
      Random random,
      Map<String, Boolean> drained,
      Map<String, AtomicInteger> running,
      Runnable meanwhile)
      throws Exception {
    String address = List.of("a:1", "b:1", "c:1", "d:1").get(random.nextInt(4));
    switch (random.nextInt(4)) {
      case 0 -> mesh.engine().tick(clock.addAndGet(2_000_000));
      case 1 -> {
        CompletableFuture<Void> drain = mesh.engine().drain(address, mesh.now());
        drain.get(30, TimeUnit.SECONDS); // A caller that died holds its lease for ever.
        drained.put(address, true);
        int left = running.getOrDefault(address, new AtomicInteger()).get();
        mesh.reload("keepalive", Integer.toString(random.nextInt(100)));
        meanwhile.run();
        drained.put(address, false);
        mesh.engine().restore(address, mesh.now());
        if (left != 0) {
          throw new AssertionError(left + " in flight after the drain of " + address);
        }
      }
      case 2 -> mesh.reload("keepalive", Integer.toString(random.nextInt(100)));
      default ->
          mesh.reload("outlier.consecutive-failures", Integer.toString(2 + random.nextInt(5)));
    }
  }
}
