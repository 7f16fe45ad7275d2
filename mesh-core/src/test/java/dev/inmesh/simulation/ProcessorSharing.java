package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongToDoubleFunction;

/**
 * See {@link ServiceModel#processorSharing}. All requests progress at the same rate, so each is
 * done when what everybody has received since its beginning reaches its own service time: one
 * number grows, and the request with the lowest mark is the next to end.
 */
final class ProcessorSharing implements ServiceModel {

  private record Job(double mark, long order, Event done) {}

  private final int cpus;
  private final PriorityQueue<Job> jobs =
      new PriorityQueue<>(Comparator.comparingDouble(Job::mark).thenComparingLong(Job::order));
  private double received;
  private long receivedAt;
  private long count;

  /** The departure that is planned; one that was planned before a later arrival means nothing. */
  private long planned;

  ProcessorSharing(int cpus) {
    this.cpus = cpus;
  }

  @Override
  public long admit(
      Event done, double nanos, LongToDoubleFunction slowness, long now, EventQueue events) {
    advance(now);
    jobs.add(new Job(received + nanos * slowness.applyAsDouble(now), count++, done));
    planDeparture(now, events);
    return UNKNOWN;
  }

  @Override
  public double expectedTime(int inSystem) {
    return Math.max(1, (double) (inSystem + 1) / cpus);
  }

  private double rate() {
    return Math.min(1, (double) cpus / jobs.size());
  }

  private void advance(long now) {
    if (!jobs.isEmpty()) {
      received += (now - receivedAt) * rate();
    }
    receivedAt = now;
  }

  private void planDeparture(long now, EventQueue events) {
    long plan = ++planned;
    Job next = jobs.peek();
    if (next != null) {
      double left = Math.max(0, next.mark() - received) / rate();
      events.at(now + (long) Math.ceil(left), then -> depart(plan, then, events));
    }
  }

  private void depart(long plan, long now, EventQueue events) {
    if (plan != planned) {
      return;
    }
    advance(now);
    List<Event> done = new ArrayList<>(1);
    // A nanosecond of grace: the rounding of the departure's instant.
    for (Job next = jobs.peek(); next != null && next.mark() <= received + 1; next = jobs.peek()) {
      jobs.remove();
      done.add(next.done());
    }
    planDeparture(now, events);
    done.forEach(event -> event.fire(now));
  }
}
