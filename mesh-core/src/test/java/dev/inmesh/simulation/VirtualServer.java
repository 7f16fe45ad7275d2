package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.List;

/** A server: a demand for service time, a way to divide it, and what goes wrong when. */
final class VirtualServer {

  private final String address;
  private final Demand demand;
  private final ServiceModel model;
  private final EventQueue events;
  private final List<Fault> slowness = new ArrayList<>();
  private final List<Fault> failures = new ArrayList<>();

  private int inSystem;
  private double tokens = 1;
  private long tokensAt;

  VirtualServer(
      String address, Demand demand, ServiceModel model, List<Fault> faults, EventQueue events) {
    this.address = address;
    this.demand = demand;
    this.model = model;
    this.events = events;
    faults.forEach(fault -> (fault.isSlowness() ? slowness : failures).add(fault));
  }

  String address() {
    return address;
  }

  /** Requests that are waiting or being served, abandoned ones included. */
  int inSystem() {
    return inSystem;
  }

  /** A request comes in. */
  void accept(VirtualAttempt attempt, long now) {
    for (int i = 0; i < failures.size(); i++) {
      Fault fault = failures.get(i);
      if (fault.holds(now, attempt.path()) && isTouched(fault, attempt, now)) {
        fail(fault, attempt, now);
        return;
      }
    }
    inSystem++;
    attempt.isServed();
    double nanos = demand.nanos(attempt.draw(1));
    long end = model.admit(attempt, nanos, this::slownessAt, now, events);
    if (end >= attempt.deadlineNanos()) {
      events.at(attempt.deadlineNanos(), attempt::arrive);
    }
  }

  private boolean isTouched(Fault fault, VirtualAttempt attempt, long now) {
    return switch (fault.kind()) {
      case FAIL -> fault.value() >= 1 || attempt.draw(2) < fault.value();
      case RATE_LIMIT -> !takeToken(fault.value(), now);
      default -> true;
    };
  }

  private void fail(Fault fault, VirtualAttempt attempt, long now) {
    switch (fault.kind()) {
      case FAIL -> attempt.answered(fault.status(), 0);
      case RATE_LIMIT -> attempt.answered(fault.status(), 1);
      case REFUSE -> attempt.answered(VirtualAttempt.REFUSED, 0);
      default -> attempt.answered(VirtualAttempt.NOTHING, 0);
    }
    long end =
        switch (fault.kind()) {
          case HANG -> attempt.deadlineNanos();
          case UNREACHABLE -> attempt.connectDeadlineNanos();
          default -> Math.min(now + fault.nanos(), attempt.deadlineNanos());
        };
    if (fault.kind() == Fault.Kind.UNREACHABLE) {
      attempt.isUnreachable();
    }
    events.at(end, attempt::arrive);
  }

  private boolean takeToken(double perSecond, long now) {
    boolean enough = tokensAfter(perSecond, now) >= 1;
    tokens = tokensAfter(perSecond, now) - (enough ? 1 : 0);
    tokensAt = now;
    return enough;
  }

  private double tokensAfter(double perSecond, long now) {
    return Math.min(perSecond / 10, tokens + (now - tokensAt) * perSecond / 1e9);
  }

  /** A request has been served. */
  void left() {
    inSystem--;
  }

  private double slownessAt(long instant) {
    double factor = 1;
    for (int i = 0; i < slowness.size(); i++) {
      factor *= slowness.get(i).slownessAt(instant);
    }
    return factor;
  }

  /** The share of such requests that would fail now; for the oracle. */
  double failureShare(String path, long now) {
    double good = 1;
    for (int i = 0; i < failures.size(); i++) {
      Fault fault = failures.get(i);
      if (fault.holds(now, path)) {
        good *=
            switch (fault.kind()) {
              case FAIL -> 1 - fault.value();
              case RATE_LIMIT -> tokensAfter(fault.value(), now) >= 1 ? 1 : 0;
              default -> 0;
            };
      }
    }
    return 1 - good;
  }

  /**
   * How long one more request is expected to take, by true speed and true queue; for the oracle.
   */
  double expectedNanos(long now) {
    return demand.meanNanos() * slownessAt(now) * model.expectedTime(inSystem);
  }
}
