package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.Measure;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What a flush takes on a slow disk however few there are: where half as many took about as long,
 * nobody waits for anybody, and to hold back even more would cost work and win nothing. So it is
 * with a log, whose every flush takes all commits along that wait for it. Not safe for concurrent
 * use.
 *
 * <p>A log has one flush at a time, whoever commits: it is our own statements that count. Where
 * there are more, as on a disk that several logs share, they are those of all clients, {@code
 * operations a second * latency} (Little, 1961): where others fill the disk that doesn't fall when
 * only we hold back, and nothing is concluded.
 */
final class Rest {

  private static final int WINDOWS = 6;

  private static final long TRIAL_NANOS = 10_000_000_000L;

  private static final long DISTRUSTED_NANOS = 60_000_000_000L;
  private static final long MOST_DISTRUSTED_NANOS = 600_000_000_000L;

  /** After this it is found out anew: the disk may be another by now. */
  private static final long KNOWN_NANOS = 120_000_000_000L;

  /** The latest first. */
  private final Deque<RestWindow> windows = new ArrayDeque<>();

  private double value;
  private long knownSince;
  private boolean wasSlow;
  private @Nullable RestWindow found;

  /** What was believed, until it has been seen to be right. */
  private @Nullable RestWindow trial;

  private boolean distrusts;
  private long distrustedUntil;
  private long distrustNanos = DISTRUSTED_NANOS;

  /** In milliseconds; 0 while it isn't known. */
  double value() {
    return value;
  }

  /**
   * Takes in a window.
   *
   * @param inFlight our statements at a time
   * @param slow from where on the operation is slow
   */
  void window(Measure measure, double inFlight, double slow, long nowNanos) {
    if (value > 0 && nowNanos - knownSince >= KNOWN_NANOS) {
      value = 0;
      forget();
    }
    value = Math.min(value, measure.value());
    boolean begins = !wasSlow;
    wasSlow = measure.value() > slow;
    if (begins || !wasSlow) {
      // The first slow window is half a window of a disk that was well.
      forget();
      return;
    }
    if (found != null) {
      take(found, nowNanos);
      return;
    }
    RestWindow now =
        RestWindow.of(measure.atATime(), inFlight, measure.value(), windows.peekFirst());
    if (trial != null && now.isMoreThan(trial)) {
      check(now.isNoWorseThan(trial), nowNanos);
    } else if (trial != null && nowNanos - knownSince >= TRIAL_NANOS) {
      // It allows no more of them: the disk is slower than it was.
      check(false, nowNanos);
    }
    if (measure.perSecond() > 0 && (!distrusts || nowNanos - distrustedUntil >= 0)) {
      windows.stream()
          .filter(then -> then.isNoSlowerFor(now))
          .findFirst()
          .ifPresent(then -> found = now.orFewer(then));
    }
    windows.addFirst(now);
    if (windows.size() > WINDOWS) {
      windows.removeLast();
    }
  }

  private void forget() {
    windows.clear();
    found = null;
    trial = null;
  }

  /** A window later, so that all clients have seen it before the first one goes back. */
  private void take(RestWindow rest, long nowNanos) {
    value = rest.value();
    knownSince = nowNanos;
    forget();
    trial = rest;
  }

  /**
   * With more again, it shows: a disk that became slower while there were fewer has looked the
   * same.
   */
  private void check(boolean right, long nowNanos) {
    trial = null;
    if (right) {
      distrustNanos = DISTRUSTED_NANOS;
      return;
    }
    value = 0;
    windows.clear();
    distrusts = true;
    distrustedUntil = nowNanos + distrustNanos;
    distrustNanos = Math.min(2 * distrustNanos, MOST_DISTRUSTED_NANOS);
  }
}
