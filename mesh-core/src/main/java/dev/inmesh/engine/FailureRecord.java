package dev.inmesh.engine;

import dev.inmesh.event.Failure;
import dev.inmesh.server.Server;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How one server's attempts ended lately, as far as ejection goes by it. Safe for concurrent use;
 * where a race may lose an update of an average, the next ones mend it.
 */
final class FailureRecord {

  private static final float LATEST = 0.25f;

  /** What the sweep compares with the other servers. */
  final OutcomeCounts outcomes;

  /** Failures in a row, a refused connection counted double. */
  private final AtomicInteger weighed = new AtomicInteger();

  /** Failures in a row, as a person counts them. */
  private final AtomicInteger inRow = new AtomicInteger();

  /** Attempts in a row that a hedge overtook. */
  private final AtomicInteger unanswered = new AtomicInteger();

  private volatile float lately;
  private volatile @Nullable FailureWindow window;

  FailureRecord(long now) {
    outcomes = new OutcomeCounts(now);
  }

  void succeeded() {
    outcomes.succeeded();
    if (unanswered.get() != 0) {
      unanswered.set(0);
    }
    if (inRow.get() != 0) {
      weighed.set(0);
      inRow.set(0);
    }
    float failing = lately;
    if (failing != 0) {
      lately = failing < 0.01f ? 0 : failing * (1 - LATEST);
    }
  }

  /** Failures in a row with this one. A refused connection counts double: nothing listens there. */
  int failed(Failure failure) {
    outcomes.failed();
    float before = lately;
    lately = before + (1 - before) * LATEST;
    inRow.getAndIncrement();
    return weighed.addAndGet(failure.isOfTheAddress() ? 2 : 1);
  }

  /** One more attempt that a hedge overtook; how many since the last answer of any kind. */
  int unanswered() {
    return unanswered.incrementAndGet();
  }

  int inRow() {
    return inRow.get();
  }

  /** The share of failures in [0, 1], the latest end weighing a quarter. */
  float lately() {
    return lately;
  }

  /** The window of {@code max_fails}, or null when the entry doesn't name it. */
  @Nullable FailureWindow window(Server server) {
    if (server.maxFails().isEmpty() || server.maxFails().getAsInt() == 0) {
      return null;
    }
    int maxFails = server.maxFails().getAsInt();
    long nanos = server.failTimeout().toNanos();
    FailureWindow w = window;
    if (w == null || !w.fits(maxFails, nanos)) {
      w = new FailureWindow(maxFails, nanos);
      window = w;
    }
    return w;
  }

  /** Takes over the failures in a row of the same server from before it left the list. */
  void inherit(FailureRecord before) {
    weighed.set(before.weighed.get());
    inRow.set(before.inRow.get());
  }

  void clear() {
    unanswered.set(0);
    weighed.set(0);
    inRow.set(0);
    lately = 0;
    outcomes.clear();
    FailureWindow w = window;
    if (w != null) {
      w.clear();
    }
  }
}
