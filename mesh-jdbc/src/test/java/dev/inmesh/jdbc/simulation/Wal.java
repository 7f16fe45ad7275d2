package dev.inmesh.jdbc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A log with group commit: one flush at a time, and everybody who waits when it starts goes with
 * it. So more commits at a time are more commits a second, for as long as their bytes take no
 * longer than a flush does anyway: operations and bytes are limited each for itself, as those of
 * clouds are.
 */
final class Wal {

  private final Events events;
  private final SplittableRandom random;
  private List<Event> waiting = new ArrayList<>();
  private double waitingMegabytes;
  private boolean flushing;
  private double flushMillis;
  private double megabyteMillis;
  private long operations;
  private long operationNanos;

  Wal(Events events, SplittableRandom random, double flushMillis, double megabyteMillis) {
    this.events = events;
    this.random = random;
    set(flushMillis, megabyteMillis);
  }

  void set(double flushMillis, double megabyteMillis) {
    this.flushMillis = flushMillis;
    this.megabyteMillis = megabyteMillis;
  }

  void commit(double megabytes, Event done) {
    waiting.add(done);
    waitingMegabytes += megabytes;
    if (!flushing) {
      flush();
    }
  }

  long operations() {
    return operations;
  }

  long operationNanos() {
    return operationNanos;
  }

  private void flush() {
    flushing = true;
    List<Event> group = waiting;
    double mean = Math.max(flushMillis, megabyteMillis * waitingMegabytes) * Events.MILLI;
    long nanos = Math.round(mean * (0.8 + 0.4 * random.nextDouble()));
    waiting = new ArrayList<>();
    waitingMegabytes = 0;
    events.in(
        nanos,
        now -> {
          operations++;
          operationNanos += nanos;
          flushing = false;
          if (!waiting.isEmpty()) {
            flush();
          }
          group.forEach(done -> done.fire(now));
        });
  }
}
