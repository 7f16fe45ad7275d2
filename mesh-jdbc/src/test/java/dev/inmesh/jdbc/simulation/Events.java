package dev.inmesh.jdbc.simulation;

import dev.inmesh.jdbc.throttle.VirtualAdmission;
import java.util.PriorityQueue;

/**
 * The clock and what is to happen. Events of the same instant happen in the order in which they
 * were put in, so that a run has one order only.
 */
final class Events implements VirtualAdmission.Alarms {

  static final long MILLI = 1_000_000;
  static final long SECOND = 1_000_000_000;

  private final PriorityQueue<Planned> planned = new PriorityQueue<>(4096);
  private long count;
  private long now;

  @Override
  public long now() {
    return now;
  }

  void at(long time, Event event) {
    planned.add(new Planned(Math.max(time, now), count++, event));
  }

  @Override
  public void at(long time, Runnable alarm) {
    at(time, (Event) now -> alarm.run());
  }

  void in(long nanos, Event event) {
    at(now + nanos, event);
  }

  /** Again and again, from this instant on. */
  void every(long nanos, long first, Event event) {
    at(
        first,
        time -> {
          event.fire(time);
          every(nanos, time + nanos, event);
        });
  }

  /** Lets everything happen up to this instant. */
  void runUntil(long end) {
    for (Planned next = planned.peek(); next != null && next.time <= end; next = planned.peek()) {
      planned.remove();
      now = next.time;
      next.event.fire(now);
    }
    now = end;
  }

  private record Planned(long time, long order, Event event) implements Comparable<Planned> {

    @Override
    public int compareTo(Planned other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
