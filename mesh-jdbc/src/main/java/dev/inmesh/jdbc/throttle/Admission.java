package dev.inmesh.jdbc.throttle;

import dev.inmesh.config.StatementClass;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets statements go to one server, so many at a time as its limit says, the more important ones
 * first. What is more important doesn't see what is less so: under a limit of 4, four interactive
 * statements may run beside whatever of batch work still does, and batch work gets what they leave.
 *
 * <p>Nobody is held back while there is no limit; what is in flight is counted all the same. Safe
 * for concurrent use.
 */
public final class Admission {

  /** The limit while there is none. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** A class of which nothing went for so long may send one statement, whatever the limit. */
  static final long STARVED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Once something was refused, what is less important is refused for so long. */
  static final long LOWER_REFUSED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clock;
  private final Permits permits = new Permits();

  /** Threads that hold a permit while they do other things, and how many; few ever do. */
  private final ConcurrentMap<Thread, Integer> holders = new ConcurrentHashMap<>();

  /** Written under the lock. */
  private volatile int limit = UNLIMITED;

  /** How many wait. Written under the lock, and read by those who have given a permit back. */
  private volatile int waiting;

  private final Object lock = new Object();

  /** The most important first. */
  private final Map<StatementClass, Lane> lanes = new EnumMap<>(StatementClass.class);

  /** One class; all of it under the lock. */
  private static final class Lane {

    final StatementClass of;
    final Line<Waiter> line = new Line<>();

    /** Those of what is more important. */
    final List<Lane> above;

    boolean wasRefused;
    long refused;
    long went;

    Lane(StatementClass of, Collection<Lane> above) {
      this.of = of;
      this.above = List.copyOf(above);
    }
  }

  /** A thread that waits. */
  private static final class Waiter {

    final Thread thread = Thread.currentThread();

    /** Under the lock. */
    boolean admitted;
  }

  /**
   * Admits everything until there is a limit.
   *
   * @param clock in nanoseconds
   */
  public Admission(LongSupplier clock) {
    this.clock = clock;
    for (StatementClass each : StatementClass.values()) {
      lanes.put(each, new Lane(each, lanes.values()));
    }
  }

  /**
   * Another limit from now on.
   *
   * @param statements 1 or more, {@link #UNLIMITED} for none
   */
  public void limit(int statements) {
    if (statements < 1) {
      throw new IllegalArgumentException("limit " + statements + ": at least 1");
    }
    synchronized (lock) {
      long now = clock.getAsLong();
      if (limit == UNLIMITED) {
        lanes.values().forEach(lane -> begin(lane, now));
      }
      limit = statements;
      admit(now);
    }
  }

  /** The limit; {@link #UNLIMITED} while there is none. */
  public int limit() {
    return limit;
  }

  /** Takes a permit for what can't be held back. */
  public void acquire(StatementClass of) {
    permits.acquire(of);
  }

  /**
   * Takes a permit, for which it waits if it has to.
   *
   * @return how many nanoseconds it has waited; if it was refused, their complement, which is
   *     negative. An interrupt is a reason to refuse it, and stays set
   */
  public long acquire(StatementClass of, long maxWaitNanos) {
    if (limit == UNLIMITED || of == StatementClass.CRITICAL) {
      permits.acquire(of);
      return 0;
    }
    if (!holders.isEmpty() && holders.containsKey(Thread.currentThread())) {
      // It would wait for itself.
      permits.acquire(of);
      return 0;
    }
    long start = clock.getAsLong();
    Lane lane = Objects.requireNonNull(lanes.get(of));
    Line.Place<Waiter> place;
    synchronized (lock) {
      if (mayGo(lane, start)) {
        return 0;
      }
      if (maxWaitNanos <= 0 || isShut(lane, start)) {
        return refuse(lane, start, start);
      }
      Line.@Nullable Place<Waiter> newest = lane.line.newest();
      place = lane.line.add(new Waiter(), start, start + maxWaitNanos);
      waits(1);
      if (newest != null) {
        // It may have to go now, since it isn't the newest any more.
        LockSupport.unpark(newest.who.thread);
      }
      // Who gave a permit back before it could see somebody wait has told nobody.
      admit(start);
    }
    return await(lane, place, start);
  }

  private long await(Lane lane, Line.Place<Waiter> place, long start) {
    while (true) {
      long now = clock.getAsLong();
      long wake;
      synchronized (lock) {
        if (place.who.admitted) {
          return Math.max(1, now - start);
        }
        long left = lane.line.until(place, now) - now;
        boolean starved = isStarved(lane, now);
        boolean interrupted = isInterrupted();
        if (starved || interrupted || left <= 0 || isShut(lane, now)) {
          lane.line.remove(place);
          waits(-1);
          if (starved) {
            return goStarved(lane, now, start);
          }
          // Whoever goes away by himself is no sign that there is no room.
          return interrupted ? refused(now, start) : refuse(lane, now, start);
        }
        wake = Math.min(left, lane.went + STARVED_NANOS - now);
      }
      LockSupport.parkNanos(this, wake);
    }
  }

  private static boolean isInterrupted() {
    return Thread.currentThread().isInterrupted();
  }

  /**
   * Takes a permit only if it had not to wait. For what runs in any case: what would be held back
   * is treated as refused, and has no permit.
   */
  public boolean tryAcquire(StatementClass of) {
    return acquire(of, 0) >= 0;
  }

  /** Gives a permit back. */
  public void release(StatementClass of) {
    permits.release(of);
    // One that waits has said so before it looked for a permit the last time.
    if (waiting > 0) {
      synchronized (lock) {
        admit(clock.getAsLong());
      }
    }
  }

  /** A permit that was taken stays so while its thread, which is this one, does other things. */
  public Permit hold(StatementClass of) {
    Thread holder = Thread.currentThread();
    holders.merge(holder, 1, Integer::sum);
    return new Permit(this, of, holder);
  }

  void release(StatementClass of, Thread holder) {
    holders.computeIfPresent(holder, (thread, held) -> held == 1 ? null : held - 1);
    release(of);
  }

  /** How many statements of a class are in flight. */
  public int inFlight(StatementClass of) {
    return permits.inFlight(of);
  }

  /** How many statements are in flight. */
  public int inFlight() {
    return permits.inFlight();
  }

  /** The most that were in flight at once since this was asked last. */
  public int takeHighest() {
    return permits.takeHighest();
  }

  /** How many wait. */
  public int waiting() {
    return waiting;
  }

  // ---- under the lock

  private static void begin(Lane lane, long now) {
    lane.went = now;
    lane.wasRefused = false;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Written under the lock only.
  private void waits(int more) {
    waiting += more;
  }

  private boolean mayGo(Lane lane, long now) {
    boolean goes = !isShut(lane, now) && lane.line.isEmpty() && permits.tryAcquire(lane.of, limit);
    if (!goes && isStarved(lane, now)) {
      permits.acquire(lane.of);
      goes = true;
    }
    if (goes) {
      lane.went = now;
    }
    return goes;
  }

  private long goStarved(Lane lane, long now, long start) {
    permits.acquire(lane.of);
    lane.went = now;
    return Math.max(1, now - start);
  }

  private static boolean isStarved(Lane lane, long now) {
    return now - lane.went >= STARVED_NANOS;
  }

  /** Whether something more important was refused a moment ago. */
  private boolean isShut(Lane lane, long now) {
    if (limit == UNLIMITED) {
      return false;
    }
    for (Lane higher : lane.above) {
      if (higher.wasRefused && now - higher.refused < LOWER_REFUSED_NANOS) {
        return true;
      }
    }
    return false;
  }

  private long refuse(Lane lane, long now, long start) {
    lane.wasRefused = true;
    lane.refused = now;
    for (Lane lower : lanes.values()) {
      if (lower.above.contains(lane)) {
        // Nobody would let them go for a second, nor tell them when it is over.
        lower.line.forEach(waiter -> LockSupport.unpark(waiter.thread));
      }
    }
    return refused(now, start);
  }

  private static long refused(long now, long start) {
    return ~Math.max(0, now - start);
  }

  /** Lets those go for whom there is room, the most important first. */
  private void admit(long now) {
    for (Lane lane : lanes.values()) {
      Line.@Nullable Place<Waiter> next = lane.line.next(now);
      while (next != null && !isShut(lane, now) && permits.tryAcquire(lane.of, limit)) {
        lane.line.remove(next);
        waits(-1);
        lane.went = now;
        next.who.admitted = true;
        LockSupport.unpark(next.who.thread);
        next = lane.line.next(now);
      }
    }
  }
}
