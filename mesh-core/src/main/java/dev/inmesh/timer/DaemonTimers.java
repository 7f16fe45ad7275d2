package dev.inmesh.timer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timers on one daemon thread, which starts with the first of them, sleeps until the next one is
 * due, and ends when there was none for 10 seconds; others may help it out. It is never shut down,
 * so that calls in flight keep their deadlines when the mesh is closed. Actions run at the end of
 * their tick of 0.52 ms, never early.
 */
public final class DaemonTimers implements Timers {

  /** 2^19 ns. */
  private static final int TICK_SHIFT = 19;

  /** A turn of the wheel takes 1.07 s: most timeouts are shorter. */
  private static final int BUCKETS = 2048;

  private static final Duration IDLE = Duration.ofSeconds(10);

  /** After a failure that may come again at once. */
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Further ahead than that is never. */
  static final long MAX_NANOS = TimeUnit.DAYS.toNanos(365);

  private static final Logger log = LoggerFactory.getLogger(DaemonTimers.class);
  private static final VarHandle WAKE_TICK;

  static {
    try {
      WAKE_TICK = MethodHandles.lookup().findVarHandle(DaemonTimers.class, "wakeTick", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private volatile long idleNanos;
  private final ThreadFactory threads;
  private final TimerWheel wheel = new TimerWheel(BUCKETS);

  /** Taken from the wheel, not run yet: whoever has time may. */
  private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();

  private final long originNanos = System.nanoTime();

  /**
   * The tick at which the thread wakes by itself; while it looks for that, or nothing is armed,
   * {@link TimerWheel#NEVER}. Whoever arms something earlier puts its tick here and wakes it.
   */
  private volatile long wakeTick = TimerWheel.NEVER;

  /** Only then does {@link #wakeTick} say that it sees to everything in time. */
  private volatile boolean asleep;

  /** Null when none runs. Written under the lock, so that no thread's end overtakes its start. */
  private volatile @Nullable Thread thread;

  /**
   * Timers without a thread yet.
   *
   * @param name of the thread
   */
  public DaemonTimers(String name) {
    this(name, IDLE);
  }

  /**
   * The same.
   *
   * @param idle how long the thread waits for another one before it ends
   */
  DaemonTimers(String name, Duration idle) {
    this(name, idle, task -> new Thread(null, task, name, 0, false));
  }

  /**
   * The same.
   *
   * @param threads makes the thread, which may turn out not to start
   */
  DaemonTimers(String name, Duration idle, ThreadFactory threads) {
    this.name = name;
    this.idleNanos = idle.toNanos();
    this.threads = threads;
  }

  /** What is armed still runs; with nothing armed, the thread ends soon from now on. */
  public void endWhenIdle() {
    idleNanos = SOON_NANOS;
    LockSupport.unpark(thread);
  }

  @Override
  public Timer schedule(long nanos, Runnable action) {
    long wait = Math.min(Math.max(0, nanos), MAX_NANOS);
    long since = System.nanoTime() - originNanos + wait;
    long tick = (since + (1L << TICK_SHIFT) - 1) >> TICK_SHIFT;
    Timer timer = wheel.arm(tick, action);
    try {
      // Armed first, then looked: the thread, which does the opposite, can't miss both.
      // What it arms itself it finds when it looks for the next one.
      if (Thread.currentThread() != thread && (isNext(tick) || thread == null)) {
        LockSupport.unpark(running());
      }
    } catch (Throwable noThread) {
      timer.cancel(); // Its caller takes it for not armed.
      throw noThread;
    }
    return timer;
  }

  /** Whether the thread would sleep for too long; it won't, once it is woken. */
  private boolean isNext(long tick) {
    long wake = wakeTick;
    while (tick < wake) {
      if (WAKE_TICK.compareAndSet(this, wake, tick)) {
        return true;
      }
      wake = wakeTick;
    }
    return false;
  }

  private Thread running() {
    Thread running = thread;
    return running == null ? started() : running;
  }

  /** When it can't start there is still none, and whoever arms the next one tries again. */
  private synchronized Thread started() {
    Thread running = thread;
    if (running != null) {
      return running;
    }
    Thread daemon = threads.newThread(this::run);
    daemon.setContextClassLoader(DaemonTimers.class.getClassLoader());
    daemon.setDaemon(true);
    daemon.start();
    thread = daemon;
    return daemon;
  }

  private void run() {
    do {
      try {
        runUntilIdle();
      } catch (Throwable e) {
        warn(e); // Out of memory, most likely. The others still need their time.
        LockSupport.parkNanos(this, PAUSE_NANOS);
      }
    } while (!isOver());
  }

  /** Whether the thread ends, since nothing is armed. */
  private synchronized boolean isOver() {
    Thread running = thread;
    thread = null;
    // Looked at only now: whoever armed one before saw a thread, and has left it to this one.
    if (wheel.next() == TimerWheel.NEVER && ready.isEmpty()) {
      return true;
    }
    thread = running;
    return false;
  }

  private void runUntilIdle() {
    long idleSince = System.nanoTime();
    while (true) {
      wakeTick = TimerWheel.NEVER;
      if (runDue()) {
        idleSince = System.nanoTime();
      }
      long next = wheel.next();
      // Looked at after the wheel: who helps puts there what he takes, and may be held up himself.
      // An action may have used up the permit of whoever woke us meanwhile: the tick tells.
      if (!ready.isEmpty() || !WAKE_TICK.compareAndSet(this, TimerWheel.NEVER, next)) {
        continue;
      }
      if (next != TimerWheel.NEVER) {
        idleSince = System.nanoTime();
        sleep((next << TICK_SHIFT) - (idleSince - originNanos));
      } else {
        long left = idleNanos - (System.nanoTime() - idleSince);
        if (left <= 0) {
          return;
        }
        sleep(left);
      }
    }
  }

  private void sleep(long nanos) {
    asleep = true;
    LockSupport.parkNanos(this, nanos);
    asleep = false;
    boolean unused = Thread.interrupted(); // Nobody may keep it from sleeping.
  }

  /** Whether there was anything. */
  private boolean runDue() {
    wheel.takeDue(tick(), ready);
    return runReady();
  }

  private boolean runReady() {
    boolean any = false;
    for (Runnable action = ready.poll(); action != null; action = ready.poll()) {
      any = true;
      try {
        action.run();
      } catch (Throwable e) {
        warn(e);
      }
      boolean unused = Thread.interrupted(); // It was meant for that action's thread, if any.
    }
    return any;
  }

  private long tick() {
    return (System.nanoTime() - originNanos) >> TICK_SHIFT;
  }

  @Override
  public void runOverdue() {
    long wake = wakeTick;
    // While it is awake it may be held up in an action that starts a thread.
    if (asleep && wake > tick() && ready.isEmpty()) {
      return;
    }
    try {
      wheel.takeDue(tick(), ready);
    } catch (Throwable e) {
      warn(e);
    }
    if (!ready.isEmpty()) {
      LockSupport.unpark(thread); // This thread may be held up as well.
      boolean unused = runReady();
    }
  }

  private void warn(Throwable failure) {
    try {
      log.warn("{}: an action failed", name, failure);
    } catch (Throwable unloggable) {
      // As of an exception whose message throws. The others must not suffer for it.
    }
  }
}
