package dev.inmesh.generic;

import dev.inmesh.call.Cancellation;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.Phase;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the user's code on one server, on a thread of its own. */
final class GenericAttempt<T> implements Runnable, Cancellation {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  private final Lease lease;
  private final long deadlineNanos;
  private final Executor stopping;
  private final ServerCheck check;
  private final Work<T> work;
  private final Optional<Deadline> ambient;
  private final Queue<GenericAttempt<T>> ended;

  private final List<Runnable> stops = new ArrayList<>(1);
  private @Nullable Thread thread;
  private boolean cancelled;
  private boolean over;

  private volatile boolean checked;

  // Written before the attempt is put into the queue, read after it was taken from there.
  private @Nullable T result;
  private @Nullable Throwable failure;

  /**
   * @param stopping runs what stops the work
   * @param check comes before the work
   * @param ambient the deadline of the caller's thread
   * @param ended where it goes when it is over
   */
  GenericAttempt(
      Lease lease,
      long deadlineNanos,
      Executor stopping,
      ServerCheck check,
      Work<T> work,
      Optional<Deadline> ambient,
      Queue<GenericAttempt<T>> ended) {
    this.lease = lease;
    this.deadlineNanos = deadlineNanos;
    this.stopping = stopping;
    this.check = check;
    this.work = work;
    this.ambient = ambient;
    this.ended = ended;
  }

  @Override
  public void run() {
    if (!begin()) {
      return;
    }
    // What the code calls in turn has no more time than it has itself.
    Deadline.Scope callers = Deadline.replace(ambient);
    Deadline.Scope own = Deadline.within(timeLeft()).open();
    try {
      check.check(lease.server(), timeLeft());
      checked = true;
      result = work.on(lease.server(), this);
    } catch (Throwable e) {
      failure = e;
    } finally {
      own.close();
      callers.close();
      end();
    }
    ended.add(this);
  }

  private synchronized boolean begin() {
    thread = Thread.currentThread();
    return !cancelled;
  }

  /**
   * From here on a cancel stops nothing: the thread goes on to serve others, and so may what the
   * code has given back.
   */
  private synchronized void end() {
    thread = null;
    over = true;
    stops.clear();
    boolean unused = Thread.interrupted();
  }

  /**
   * Stops the code by all the means it has offered, and by an interrupt. Those means are for
   * another thread: to close a socket of TLS waits for whoever writes to it.
   */
  void cancel() {
    List<Runnable> toRun;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      toRun = List.copyOf(stops);
      if (thread != null) {
        thread.interrupt();
      }
    }
    if (!toRun.isEmpty()) {
      stopElsewhere(toRun);
    }
  }

  private void stopElsewhere(List<Runnable> toRun) {
    Runnable all = () -> toRun.forEach(this::stop);
    try {
      stopping.execute(all);
    } catch (RuntimeException | Error noThread) {
      all.run();
    }
  }

  /** What a stop throws must not keep the others from running, nor the call from ending. */
  private void stop(Runnable stop) {
    try {
      stop.run();
    } catch (RuntimeException | Error e) {
      log.warn("{}: stopping a call failed", lease.address(), e);
    }
  }

  @Override
  public void onCancel(Runnable stop) {
    synchronized (this) {
      if (!cancelled || over) {
        stops.add(stop);
        return;
      }
    }
    stop(stop);
  }

  @Override
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  @Override
  public Duration timeLeft() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
  }

  Lease lease() {
    return lease;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  /** Whether the user's code has begun. */
  boolean hasBegun() {
    return checked;
  }

  /** What the time ran out in, if it was a failure of this kind. */
  Phase phase(Failure kind) {
    if (!checked) {
      return Phase.RESOLVE;
    }
    return kind == Failure.TIMEOUT ? Phase.SERVER : Phase.CONNECT;
  }

  @Nullable T result() {
    return result;
  }

  @Nullable Throwable failure() {
    return failure;
  }
}
