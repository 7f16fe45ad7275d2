package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * When the servers of an upstream are due for a health check. The first time is by chance within an
 * interval, and each interval is up to 10 % longer or shorter, so that neither servers nor clients
 * beat in step. Used under the lock of {@link HealthChecks}.
 */
final class CheckSchedule {

  /**
   * Each may cost a thread. At the defaults 1280 servers may hang before the checks of the others
   * come later.
   */
  static final int MOST_AT_ONCE = 128;

  private static final double JITTER = 0.2;

  private final RandomSource random;
  private final PriorityQueue<ServerHealth> queue =
      new PriorityQueue<>((a, b) -> Long.compare(a.dueAt - b.dueAt, 0));
  private List<ServerHealth> listed = List.of();
  private long intervalNanos;
  private boolean started;
  private int running;

  CheckSchedule(RandomSource random) {
    this.random = random;
  }

  /** Other servers or another interval from now on. */
  void apply(List<ServerHealth> servers, long newIntervalNanos, long now) {
    boolean changed = intervalNanos != newIntervalNanos;
    intervalNanos = newIntervalNanos;
    listed = servers;
    queue.clear();
    if (!started) {
      return;
    }
    for (ServerHealth health : servers) {
      long soon = now + (long) (intervalNanos * random.unit());
      if (!health.scheduled || (changed && soon - health.dueAt < 0)) {
        health.scheduled = true;
        health.dueAt = soon;
      }
      if (!health.running) {
        queue.add(health);
      }
    }
  }

  /** Those whose time has come, the longest due first; each is running from now on. */
  List<ServerHealth> due(long now) {
    if (!started) {
      // Not before there is somebody to make them, or all would be due at once.
      started = true;
      apply(listed, intervalNanos, now);
    }
    List<ServerHealth> due = new ArrayList<>();
    for (ServerHealth next = queue.peek();
        next != null && next.dueAt - now <= 0 && running < MOST_AT_ONCE;
        next = queue.peek()) {
      queue.poll();
      next.running = true;
      running++;
      due.add(next);
    }
    return due;
  }

  /** A check is over. */
  void ended(ServerHealth health, long startNanos) {
    running--;
    health.running = false;
    if (health.scheduled) {
      health.dueAt =
          startNanos + (long) (intervalNanos * (1 - JITTER / 2 + JITTER * random.unit()));
      queue.add(health);
    }
  }
}
