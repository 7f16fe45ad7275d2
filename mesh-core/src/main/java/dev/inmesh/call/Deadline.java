package dev.inmesh.call;

import java.time.Duration;
import java.util.Optional;

/**
 * The instant by which a page of calls must be done: while a scope of it is open, every call and
 * statement that starts in this thread gets what is left of it, or its own timeout if that is less.
 *
 * <pre>{@code
 * try (Deadline.Scope page = Deadline.within(Duration.ofMillis(300)).open()) {
 *   // ten calls, one after the other: together they take 300 ms at most
 * }
 * }</pre>
 *
 * <p>A call that starts when nothing is left fails, or falls back, without a byte sent. Immutable;
 * may be opened in several threads at once. To cross threads, wrap the task with {@link #wrap}, or
 * use Micrometer's context propagation, which knows of it.
 */
public final class Deadline {

  /** Beyond it, nobody waits; and sums of instants must not overflow. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final ThreadLocal<Optional<Deadline>> CURRENT =
      ThreadLocal.withInitial(Optional::empty);

  private final long nanos;

  private Deadline(long nanos) {
    this.nanos = nanos;
  }

  /**
   * A deadline so long from now.
   *
   * @param time zero or less is over at once; more than a day is a day
   */
  public static Deadline within(Duration time) {
    Duration bounded = time.compareTo(LONGEST) > 0 ? LONGEST : time;
    long nanos = bounded.isNegative() ? 0 : bounded.toNanos();
    return new Deadline(System.nanoTime() + nanos);
  }

  /** The one that holds in this thread. */
  public static Optional<Deadline> current() {
    return CURRENT.get();
  }

  /**
   * Lets it hold in this thread until the scope is closed. Inside a scope of an earlier deadline
   * the earlier one goes on to hold: time can be taken from what is inside, never given to it.
   */
  public Scope open() {
    Optional<Deadline> before = CURRENT.get();
    boolean earlier = before.isEmpty() || nanos - before.get().nanos < 0;
    CURRENT.set(earlier ? Optional.of(this) : before);
    return new Scope(before);
  }

  /**
   * Makes this one hold in this thread, or none, whatever held before: for what carries contexts.
   */
  public static Scope replace(Optional<Deadline> deadline) {
    Optional<Deadline> before = CURRENT.get();
    CURRENT.set(deadline);
    return new Scope(before);
  }

  /** A task that runs under the deadline of this thread, wherever it runs. */
  public static Runnable wrap(Runnable task) {
    Optional<Deadline> here = CURRENT.get();
    return () -> {
      Scope scope = replace(here);
      try {
        task.run();
      } finally {
        scope.close();
      }
    };
  }

  /** What is left; zero when it is over. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** Whether nothing is left. */
  public boolean isOver() {
    return nanos - System.nanoTime() <= 0;
  }

  /**
   * What the deadline of this thread leaves to a call that began then, in nanoseconds; negative if
   * it was over before, {@link Long#MAX_VALUE} when there is none.
   *
   * @param startNanos as {@link System#nanoTime}
   */
  public static long limitNanos(long startNanos) {
    Optional<Deadline> current = CURRENT.get();
    return current.isEmpty() ? Long.MAX_VALUE : current.get().nanos - startNanos;
  }

  @Override
  public String toString() {
    return "Deadline in " + remaining().toMillis() + " ms";
  }

  /**
   * While it is open, the deadline holds. To be closed in the thread that opened it, last first.
   */
  public static final class Scope implements AutoCloseable {

    private final Optional<Deadline> before;
    private boolean closed;

    private Scope(Optional<Deadline> before) {
      this.before = before;
    }

    /** What held before holds again; of no effect the second time. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        CURRENT.set(before);
      }
    }
  }
}
