package dev.inmesh.jdbc.throttle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Those of one class that wait for a permit, and whose turn it is. First come, first served, for as
 * long as {@code max-wait}. Once somebody has waited all the time for {@value #STANDING_MILLIS} ms,
 * more come than can go, and the oldest would only be answered when nobody wants the answer any
 * more: then the newest is served first, and whoever has waited for {@value #SHORT_MILLIS} ms is
 * refused, but for the newest, which waits on so that no permit lies idle.
 *
 * <p>After the adaptive LIFO and the controlled delay of B. Maurer, "Fail at Scale", ACM Queue 13
 * (2015). Instants are nanoseconds of one clock. Not safe for concurrent use.
 */
final class Line<T> {

  private static final int STANDING_MILLIS = 100;
  private static final int SHORT_MILLIS = 5;
  static final long STANDING_NANOS = STANDING_MILLIS * 1_000_000L;
  static final long SHORT_NANOS = SHORT_MILLIS * 1_000_000L;

  private final Deque<Place<T>> places = new ArrayDeque<>();

  /** Since when somebody has waited all the time; meaningful while somebody does. */
  private long since;

  /** One that waits. */
  static final class Place<T> {

    final T who;
    private final long came;
    private final long end;

    private Place(T who, long came, long end) {
      this.who = who;
      this.came = came;
      this.end = end;
    }
  }

  boolean isEmpty() {
    return places.isEmpty();
  }

  int size() {
    return places.size();
  }

  /** Whether more come than can go. */
  boolean isStanding(long now) {
    return !places.isEmpty() && now - since >= STANDING_NANOS;
  }

  /** Somebody begins to wait, until {@code end} at most. */
  Place<T> add(T who, long now, long end) {
    if (places.isEmpty()) {
      since = now;
    }
    Place<T> place = new Place<>(who, now, end);
    places.addLast(place);
    return place;
  }

  /** Whoever is no longer the newest has to hear of it; null if there is none. */
  @Nullable Place<T> newest() {
    return places.peekLast();
  }

  /** Does something with each that waits. */
  void forEach(Consumer<T> what) {
    places.forEach(place -> what.accept(place.who));
  }

  /** Whose turn it is; null if nobody waits. */
  @Nullable Place<T> next(long now) {
    return isStanding(now) ? places.peekLast() : places.peekFirst();
  }

  /** It waits no more. */
  void remove(Place<T> place) {
    places.remove(place);
  }

  /** Until when one may wait, as things are now; it is refused when that is not in the future. */
  long until(Place<T> place, long now) {
    boolean newest = places.peekLast() == place;
    long standing = since + STANDING_NANOS;
    long briefly = later(place.came + SHORT_NANOS, standing);
    return newest ? place.end : earlier(place.end, briefly);
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }
}
