package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.call.MeshException;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Seeded threads meet at a server that is out and never gets well: since the others suffice, every
 * attempt there is a probe.
 */
final class ProbeStressTest {

  private static final int THREADS = 8;
  private static final int CALLS = 30_000;
  private static final String ILL = "a:1";

  private final AtomicInteger probing = new AtomicInteger();
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

  @RepeatedTest(5)
  void thereAreNeverTwoProbesOfOneServerAtOnce(RepetitionInfo repetition) throws Exception {
    EngineHarness mesh =
        new EngineHarness(
            "a:1, b:1, c:1",
            "outlier.base-ejection-time",
            "1ms",
            "outlier.max-ejection-time",
            "1ms");
    mesh.failOn(ILL, Failure.REFUSED, 3);
    assertThat(mesh.state(ILL)).isEqualTo(ServerView.State.EJECTED);
    AtomicLong clock = new AtomicLong(mesh.now());
    List<Thread> threads = new ArrayList<>();

    for (int t = 0; t < THREADS; t++) {
      Random random = new Random(repetition.getCurrentRepetition() * 100L + t);
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < CALLS && wrong.isEmpty(); i++) {
                    call(mesh.engine(), clock, random);
                  }
                } catch (Throwable e) {
                  wrong.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(wrong).isEmpty();
    assertThat(probes.get()).isGreaterThan(100);
    assertThat(mesh.engine().active()).isZero();
  }

  private void call(UpstreamEngine engine, AtomicLong clock, Random random) throws MeshException {
    calls.incrementAndGet();
    long start = clock.addAndGet(5_000);
    CallPlan plan =
        engine.plan(new CallInfo("GET", "/", start, 0, Long.MAX_VALUE, true, true, false), start);
    Lease lease = plan.first(clock.addAndGet(5_000));
    if (lease.address().equals(ILL)) {
      probes.incrementAndGet();
      int now = probing.incrementAndGet();
      letTheOthersCall();
      probing.decrementAndGet();
      if (now > 1) {
        throw new AssertionError(now + " probes of " + ILL + " at once");
      }
      end(lease, random, clock.addAndGet(5_000));
    } else {
      lease.success(clock.addAndGet(5_000));
    }
    plan.end(Outcome.SUCCESS, true, false, clock.get());
    if (random.nextInt(10) == 0) {
      engine.tick(clock.get());
    }
  }

  /** So that they have their chance to probe as well; in the end there may be no others. */
  private void letTheOthersCall() {
    int enough = calls.get() + 3;
    for (int i = 0; calls.get() < enough && i < 10_000; i++) {
      Thread.onSpinWait();
    }
  }

  /** Every end that doesn't bring it back: at once, without a verdict, and with the next tick. */
  private static void end(Lease probe, Random random, long now) {
    switch (random.nextInt(4)) {
      case 0 -> probe.ignored(false, now);
      case 1 -> probe.failure(Failure.STATUS, 500, now);
      case 2 -> probe.failure(Failure.TIMEOUT, 0, now);
      default -> probe.failure(Failure.REFUSED, 0, now);
    }
  }
}
