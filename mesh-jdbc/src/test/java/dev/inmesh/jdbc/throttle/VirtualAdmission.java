package dev.inmesh.jdbc.throttle;

import dev.inmesh.config.StatementClass;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link Admission} for the simulation: the same {@link Permits} and {@link Line}, asked in the
 * same order, but nobody sleeps. Where a thread would, an alarm is set.
 */
public final class VirtualAdmission {

  /** Calls back at an instant of virtual time, and knows it. */
  public interface Alarms {

    /** Nanoseconds. */
    long now();

    /** Sets one. */
    void at(long nanos, Runnable alarm);
  }

  private final Alarms alarms;
  private final Permits permits = new Permits();
  private final Map<StatementClass, Lane> lanes = new EnumMap<>(StatementClass.class);
  private int limit = Admission.UNLIMITED;
  private boolean heldBack;

  /** Admits everything until there is a limit. */
  public VirtualAdmission(Alarms alarms) {
    this.alarms = alarms;
    for (StatementClass each : StatementClass.values()) {
      lanes.put(each, new Lane(each));
    }
  }

  /** Another limit from now on. */
  public void limit(int statements) {
    if (statements != limit) {
      if (limit == Admission.UNLIMITED) {
        lanes.values().forEach(Lane::begin);
      }
      limit = statements;
      admit();
    }
  }

  /** Runs one of the two, at once or later. */
  public void acquire(StatementClass of, long maxWaitNanos, Runnable go, Runnable refused) {
    Lane lane = Objects.requireNonNull(lanes.get(of));
    if (limit == Admission.UNLIMITED || of == StatementClass.CRITICAL) {
      permits.acquire(of);
      go.run();
      return;
    }
    if (mayGo(lane)) {
      go.run();
      return;
    }
    heldBack = true;
    if (isShut(lane)) {
      refuse(lane, refused);
      return;
    }
    long now = alarms.now();
    Line.@Nullable Place<Waiter> newest = lane.line.newest();
    Waiter waiter = new Waiter(go, refused);
    Line.Place<Waiter> place = lane.line.add(waiter, now, now + maxWaitNanos);
    if (newest != null) {
      wake(lane, newest);
    }
    wake(lane, place);
  }

  /** Gives a permit back. */
  public void release(StatementClass of) {
    permits.release(of);
    admit();
  }

  /** How many statements are in flight. */
  public int inFlight() {
    return permits.inFlight();
  }

  /** The most that were in flight at once since this was asked last. */
  public int takeHighest() {
    return permits.takeHighest();
  }

  /** Whether anything was held back since this was asked last. */
  public boolean takeHeldBack() {
    boolean was = heldBack;
    heldBack = false;
    return was;
  }

  private void wake(Lane lane, Line.Place<Waiter> place) {
    if (place.who.gone) {
      return;
    }
    long now = alarms.now();
    long until = lane.line.until(place, now);
    boolean starved = lane.isStarved(now);
    if (starved || until - now <= 0 || isShut(lane)) {
      lane.line.remove(place);
      place.who.gone = true;
      if (starved) {
        permits.acquire(lane.of);
        lane.went = now;
        place.who.go.run();
      } else {
        refuse(lane, place.who.refused);
      }
      return;
    }
    long next = Math.min(until, lane.went + Admission.STARVED_NANOS);
    if (next != place.who.alarm) {
      place.who.alarm = next;
      alarms.at(next, () -> wake(lane, place));
    }
  }

  private boolean mayGo(Lane lane) {
    boolean goes = !isShut(lane) && lane.line.isEmpty() && permits.tryAcquire(lane.of, limit);
    if (!goes && lane.isStarved(alarms.now())) {
      permits.acquire(lane.of);
      goes = true;
    }
    if (goes) {
      lane.went = alarms.now();
    }
    return goes;
  }

  private boolean isShut(Lane lane) {
    for (Lane higher : lanes.values()) {
      if (higher == lane) {
        return false;
      }
      if (higher.wasRefused && alarms.now() - higher.refused < Admission.LOWER_REFUSED_NANOS) {
        return true;
      }
    }
    return false;
  }

  private void refuse(Lane lane, Runnable refused) {
    lane.wasRefused = true;
    lane.refused = alarms.now();
    refused.run();
  }

  private void admit() {
    long now = alarms.now();
    for (Lane lane : lanes.values()) {
      Line.@Nullable Place<Waiter> next = lane.line.next(now);
      while (next != null && !isShut(lane) && permits.tryAcquire(lane.of, limit)) {
        lane.line.remove(next);
        next.who.gone = true;
        lane.went = now;
        next.who.go.run();
        next = lane.line.next(now);
      }
    }
  }

  private final class Lane {
    private final StatementClass of;
    private final Line<Waiter> line = new Line<>();
    private boolean wasRefused;
    private long refused;
    private long went;

    private Lane(StatementClass of) {
      this.of = of;
    }

    private void begin() {
      went = alarms.now();
      wasRefused = false;
    }

    private boolean isStarved(long now) {
      return now - went >= Admission.STARVED_NANOS;
    }
  }

  private static final class Waiter {
    private final Runnable go;
    private final Runnable refused;
    private boolean gone;
    private long alarm;

    private Waiter(Runnable go, Runnable refused) {
      this.go = go;
      this.refused = refused;
    }
  }
}
