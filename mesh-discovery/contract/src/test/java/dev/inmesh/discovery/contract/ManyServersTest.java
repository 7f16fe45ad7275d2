package dev.inmesh.discovery.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 10,000 servers of which a hundred a second are replaced, through a mesh that is called meanwhile.
 * {@code -Dinmesh.many.seconds=30} does so for 30 seconds instead of 2, {@code
 * -Dinmesh.many.balancer=hash} by another balancer.
 */
@Timeout(180)
final class ManyServersTest {

  private static final int SERVERS = 10_000;
  private static final int SECONDS = Integer.getInteger("inmesh.many.seconds", 2);
  private static final String BALANCER = System.getProperty("inmesh.many.balancer", "round_robin");
  private static final int WARM_UP_LISTS = 100;
  private static final long GROWTH_BYTES = 8_000_000;
  private static final int PICKERS = 2;
  private static final int PICKS_AT_ONCE = 20;

  private final SlidingLists lists = new SlidingLists(SERVERS);
  private final AtomicLong picks = new AtomicLong();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  @Test
  void noPickIsWrongAndTheHeapStaysFlat() throws Exception {
    SlidingSourceFactory.CURRENT.set(lists);
    Map<String, String> keys =
        Map.of(
            "mesh.discovery.registry.type", "sliding",
            "mesh.upstream.inventory.discovery", "registry",
            "mesh.upstream.inventory.discovery.start-timeout", "60s",
            "mesh.upstream.inventory.balancer", BALANCER);
    List<Thread> pickers = new ArrayList<>();
    try (Mesh mesh =
        Mesh.builder().properties(keys).meterRegistry(new SimpleMeterRegistry()).build()) {
      for (int i = 0; i < PICKERS; i++) {
        Thread picker = new Thread(() -> pick(mesh), "picker-" + i);
        pickers.add(picker);
        picker.start();
      }
      // What is compiled and cached once must not count as growth.
      while (lists.done() < WARM_UP_LISTS) {
        Thread.sleep(10);
      }
      List<SlidingLists.Swap> warmUp = lists.takeSwaps();
      long heapBefore = lists.liveHeap();
      int listsBefore = lists.done();
      long picksBefore = picks.get();
      long startedAt = System.nanoTime();

      Thread.sleep(SECONDS * 1000L);

      double seconds = (System.nanoTime() - startedAt) / 1e9;
      int changes = lists.done() - listsBefore;
      long picked = picks.get() - picksBefore;
      List<SlidingLists.Swap> swaps = lists.takeSwaps();
      long heapAfter = lists.liveHeap();
      long[] nanos = swaps.stream().mapToLong(SlidingLists.Swap::nanos).sorted().toArray();
      long[] cpu = swaps.stream().mapToLong(SlidingLists.Swap::cpuNanos).sorted().toArray();
      System.out.printf(
          Locale.ROOT,
          "%s: %d servers, %.1f s: %d changes (%.0f/s), %d picks, %d wrong; a change took %.1f ms"
              + " at least, %.1f median, %.1f p99, %.1f at most, of which the processor %.1f at least, %.1f"
              + " median; heap %.1f MB, then %.1f MB%n",
          BALANCER,
          SERVERS,
          seconds,
          changes,
          changes / seconds,
          picked,
          wrong.size(),
          millis(nanos, 0),
          millis(nanos, 0.5),
          millis(nanos, 0.99),
          millis(nanos, 1),
          millis(cpu, 0),
          millis(cpu, 0.5),
          heapBefore / 1e6,
          heapAfter / 1e6);
      over = true;
      for (Thread picker : pickers) {
        picker.join();
      }

      assertThat(warmUp).isNotEmpty();
      assertThat(swaps).isNotEmpty();
      assertThat(picked).isPositive();
      assertThat(wrong).isEmpty();
      assertThat(heapAfter).isLessThan(heapBefore + GROWTH_BYTES);
    }
  }

  private void pick(Mesh mesh) {
    while (!over) {
      for (int i = 0; i < PICKS_AT_ONCE; i++) {
        int first = lists.done();
        try {
          String host = mesh.upstream("inventory").call(server -> server.host());
          int last = lists.begun();
          if (!lists.has(host, first, last)) {
            wrong.add(host + " of none of the lists " + first + " to " + last);
          }
        } catch (IOException e) {
          wrong.add(e.toString());
        }
        picks.incrementAndGet();
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static double millis(long[] sorted, double quantile) {
    return sorted[(int) Math.round(quantile * (sorted.length - 1))] / 1e6;
  }
}
