package dev.inmesh.jdbc.signal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * How long one operation took, since the pair was read last: the time that was added, divided by
 * the operations that were. Fewer than 20 operations that took less than 200 ms together say
 * nothing and are carried over, into five windows at most; fewer that took longer are no noise: the
 * slower a disk is, the less it gets done. For one thread at a time.
 */
final class Window {

  private static final int LEAST_OPERATIONS = 20;
  private static final int LEAST_MILLIS = 200;
  private static final int MOST_WINDOWS = 5;

  private final Deque<Known> known = new ArrayDeque<>();

  private record Known(Pair pair, long nanos) {}

  /** Empty, too, where no time was counted: a disk that takes none doesn't exist. */
  Optional<Measure> next(Pair pair, long nanos) {
    return over(pair, nanos, LEAST_MILLIS).filter(measure -> measure.value() > 0);
  }

  /** The same, where none may be true: nobody waited. */
  Optional<Measure> share(Pair pair, long nanos) {
    return over(pair, nanos, Double.POSITIVE_INFINITY);
  }

  private Optional<Measure> over(Pair pair, long nanos, double leastMillis) {
    Known first = known.peekFirst();
    Known now = new Known(pair, nanos);
    known.addLast(now);
    if (first == null) {
      return Optional.empty();
    }
    double operations = pair.operations() - first.pair.operations();
    double millis = pair.millis() - first.pair.millis();
    if (operations < LEAST_OPERATIONS && (operations < 1 || millis < leastMillis)) {
      if (known.size() > MOST_WINDOWS) {
        known.removeFirst();
      }
      return Optional.empty();
    }
    forget();
    known.addLast(now);
    double seconds = (nanos - first.nanos) / 1e9;
    double perSecond = seconds > 0 ? operations / seconds : 0;
    return Optional.of(
        new Measure(pair.operation(), Math.max(millis, pair.least()) / operations, perSecond));
  }

  /** Whether a counter has gone back. */
  boolean isReset(Pair pair) {
    Known last = known.peekLast();
    return last != null
        && (pair.operations() < last.pair.operations() || pair.millis() < last.pair.millis());
  }

  void forget() {
    known.clear();
  }
}
