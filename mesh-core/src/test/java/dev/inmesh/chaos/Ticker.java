package dev.inmesh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees this process stand still. Each of its relays wakes every millisecond and hands on over two
 * more threads, as a timeout has to: from a timer to who ends the call, and from there to who waits
 * for it. Nothing else is asked of them, so what they come too late is time that threads of this
 * process did not get: a garbage collection, a stopped process, a starved processor. Safe for
 * concurrent use.
 */
final class Ticker implements AutoCloseable {

  private static final long PERIOD_NANOS = 1_000_000;

  /** Less than this is the usual noise of waking up. */
  private static final long TOLERANCE_NANOS = 1_000_000;

  /** From when a relay should have arrived to when it did. */
  private record Pause(long from, long to) {}

  private final List<Pause> pauses = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  static Ticker start() {
    Ticker ticker = new Ticker();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      ticker.new Relay().start();
    }
    return ticker;
  }

  /** Three threads, one of which runs at a time. */
  private final class Relay {

    private final Thread first = thread(this::runFirst);
    private final Thread second = thread(() -> passOn(2));
    private final Thread third = thread(() -> passOn(3));
    private volatile int turn = 1;
    private volatile long due;

    void start() {
      first.start();
      second.start();
      third.start();
    }

    private void runFirst() {
      while (!closed) {
        due = System.nanoTime() + PERIOD_NANOS;
        for (long left = PERIOD_NANOS; left > 0 && !closed; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        hand(second, 2);
        await(1);
      }
    }

    private void passOn(int own) {
      while (await(own)) {
        if (own == 2) {
          hand(third, 3);
        } else {
          arrived(due, System.nanoTime());
          hand(first, 1);
        }
      }
    }

    private void hand(Thread next, int number) {
      turn = number;
      LockSupport.unpark(next);
    }

    private boolean await(int own) {
      while (turn != own && !closed) {
        LockSupport.park(this);
      }
      return !closed;
    }
  }

  private Thread thread(Runnable task) {
    Thread thread = new Thread(task, "chaos-ticker");
    thread.setDaemon(true);
    threads.add(thread);
    return thread;
  }

  private synchronized void arrived(long due, long now) {
    if (now - due > TOLERANCE_NANOS) {
      pauses.add(new Pause(due, now));
    }
  }

  /** For how long of this time it stood still. */
  synchronized long paused(long from, long to) {
    long paused = 0;
    long seen = to; // What comes after it is counted already; relays may stand still together.
    for (int i = pauses.size() - 1; i >= 0; i--) {
      Pause pause = pauses.get(i);
      if (pause.to - from <= 0) {
        break; // They are in the order in which they ended.
      }
      long begin = pause.from - from > 0 ? pause.from : from;
      long end = pause.to - seen < 0 ? pause.to : seen;
      if (end - begin > 0) {
        paused += end - begin;
        seen = begin;
      }
    }
    return paused;
  }

  @Override
  public synchronized String toString() {
    long longest = pauses.stream().mapToLong(p -> p.to - p.from).max().orElse(0);
    if (pauses.isEmpty()) {
      return "none";
    }
    long all = paused(pauses.get(0).from - 1_000_000_000, pauses.get(pauses.size() - 1).to);
    return "%d, longest %.1f ms, %.0f ms in all".formatted(pauses.size(), longest / 1e6, all / 1e6);
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
