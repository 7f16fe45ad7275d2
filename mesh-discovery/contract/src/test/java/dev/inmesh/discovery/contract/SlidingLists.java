package dev.inmesh.discovery.contract;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A list that changes a hundred times a second: the n-th one has the servers n to n + size - 1, so
 * that with each change one leaves and one joins, and a server's number says which lists have it.
 */
final class SlidingLists implements ServerSource {

  private static final long PERIOD_NANOS = 10_000_000;

  private final int size;
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Queue<Swap> swaps = new ConcurrentLinkedQueue<>();
  private volatile int begun;
  private volatile int done;

  SlidingLists(int size) {
    this.size = size;
  }

  /**
   * How long a list took from the registry's word until calls use it.
   *
   * @param cpuNanos of that, what other threads and processes didn't take
   */
  record Swap(long nanos, long cpuNanos) {}

  @Override
  public void follow(String service, Listing listing) throws InterruptedException {
    long startedAt = System.nanoTime();
    for (int n = 0; ; n++) {
      synchronized (this) {
        say(n, listing);
      }
      // What is late is made up for, as a registry would.
      LockSupport.parkNanos(startedAt + (n + 1) * PERIOD_NANOS - System.nanoTime());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private void say(int n, Listing listing) {
    // Anew, as a registry's client would have parsed them.
    List<ServerEntry> entries = new ArrayList<>(size);
    for (int i = n; i < n + size; i++) {
      entries.add(ServerEntry.of("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 80));
    }
    begun = n;
    long began = System.nanoTime();
    long cpu = threads.getCurrentThreadCpuTime();
    listing.list(entries);
    long cpuNanos = threads.getCurrentThreadCpuTime() - cpu;
    swaps.add(new Swap(System.nanoTime() - began, cpuNanos));
    done = n;
  }

  /** What is in use after a collection, in bytes, while nothing changes. */
  synchronized long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The last list whose taking over has begun: newer ones can't be in use. */
  int begun() {
    return begun;
  }

  /** The last list that is in use: older ones can't be. */
  int done() {
    return done;
  }

  /** Whether one of these lists has the server. */
  boolean has(String host, int first, int last) {
    String[] parts = host.split("\\.", -1);
    int number =
        Integer.parseInt(parts[1]) << 16
            | Integer.parseInt(parts[2]) << 8
            | Integer.parseInt(parts[3]);
    return number >= first && number < last + size;
  }

  /** All since this was asked last. */
  List<Swap> takeSwaps() {
    List<Swap> taken = new ArrayList<>();
    for (Swap next = swaps.poll(); next != null; next = swaps.poll()) {
      taken.add(next);
    }
    return taken;
  }

  @Override
  public void close() {}
}
