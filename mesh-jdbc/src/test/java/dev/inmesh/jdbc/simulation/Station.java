package dev.inmesh.jdbc.simulation;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * Where requests queue, first come first served, for one of several places: a disk, the processors,
 * a lock. Service times are uniform, half to one and a half of their mean.
 */
final class Station {

  private final Events events;
  private final SplittableRandom random;
  private final Queue<Request> waiting = new ArrayDeque<>();
  private int places;
  private double serviceNanos;
  private int busy;
  private long operations;
  private long operationNanos;

  Station(Events events, SplittableRandom random, int places, double serviceMillis) {
    this.events = events;
    this.random = random;
    set(places, serviceMillis);
  }

  /** From now on; what is being served isn't affected. */
  void set(int places, double serviceMillis) {
    this.places = places;
    this.serviceNanos = serviceMillis * Events.MILLI;
    serve();
  }

  /** A disk of this many operations a second, that many of them at a time. */
  void capacity(double perSecond, int places) {
    set(places, 1000.0 * places / perSecond);
  }

  void enter(Event done) {
    waiting.add(new Request(events.now(), done));
    serve();
  }

  /** Of all requests that ended. */
  long operations() {
    return operations;
  }

  /** What all of them took, queues included. */
  long operationNanos() {
    return operationNanos;
  }

  private void serve() {
    while (busy < places) {
      Request next = waiting.poll();
      if (next == null) {
        return;
      }
      busy++;
      events.in(
          Math.round(serviceNanos * (0.5 + random.nextDouble())),
          now -> {
            busy--;
            operations++;
            operationNanos += now - next.since;
            serve();
            next.done.fire(now);
          });
    }
  }

  private record Request(long since, Event done) {}
}
