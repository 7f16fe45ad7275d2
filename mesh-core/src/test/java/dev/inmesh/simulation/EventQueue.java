package dev.inmesh.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The clock and what is to happen: a binary heap over plain arrays. Events of the same instant
 * happen in the order in which they were put in, so that a run has one order only.
 */
final class EventQueue {

  private long[] times = new long[1024];
  private long[] orders = new long[1024];
  private @Nullable Event[] events = new Event[1024];
  private int size;
  private long count;
  private long now;

  long now() {
    return now;
  }

  /** How many events were ever put in. */
  long count() {
    return count;
  }

  /** Lets the event happen at this instant, or now if that is over. */
  void at(long time, Event event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    put(siftUp(size++, Math.max(time, now)), Math.max(time, now), count++, event);
  }

  /** Lets everything happen, one event after the other, until nothing is left. */
  void run() {
    while (size > 0) {
      Event event = events[0];
      now = times[0];
      removeFirst();
      if (event != null) {
        event.fire(now);
      }
    }
  }

  private void removeFirst() {
    size--;
    long time = times[size];
    long order = orders[size];
    Event event = events[size];
    events[size] = null;
    if (size > 0) {
      put(siftDown(time, order), time, order, event);
    }
  }

  private void put(int at, long time, long order, @Nullable Event event) {
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }

  /** Moves later ones down; a new event has the highest order, so that time alone decides. */
  private int siftUp(int from, long time) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (times[parent] <= time) {
        break;
      }
      put(at, times[parent], orders[parent], events[parent]);
      at = parent;
    }
    return at;
  }

  private int siftDown(long time, long order) {
    int at = 0;
    for (int child = 1; child < size; child = 2 * at + 1) {
      int right = child + 1;
      if (right < size && isBefore(times[right], orders[right], times[child], orders[child])) {
        child = right;
      }
      if (!isBefore(times[child], orders[child], time, order)) {
        break;
      }
      put(at, times[child], orders[child], events[child]);
      at = child;
    }
    return at;
  }

  private static boolean isBefore(long time, long order, long otherTime, long otherOrder) {
    return time < otherTime || (time == otherTime && order < otherOrder);
  }
}
