package dev.inmesh.micrometer;

import dev.inmesh.event.Outcome;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One timer for each outcome, made when the outcome is first seen. Safe for concurrent use. */
final class OutcomeTimers {

  private final Meters meters;
  private final String name;
  private final String description;
  private final Tags tags;

  /** Replaced whole when an outcome is added, four times at most. */
  private volatile Map<Outcome, Timer> timers = new EnumMap<>(Outcome.class);

  OutcomeTimers(Meters meters, String name, String description, Tags tags) {
    this.meters = meters;
    this.name = name;
    this.description = description;
    this.tags = tags;
  }

  void record(Outcome outcome, long nanos) {
    Timer timer = timers.get(outcome);
    if (timer == null) {
      timer = make(outcome);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private synchronized Timer make(Outcome outcome) {
    Timer timer = timers.get(outcome);
    if (timer == null) {
      timer =
          meters.add(
              Timer.builder(name).description(description).tags(tags).tag("outcome", outcome.tag())
                  ::register);
      Map<Outcome, Timer> more = new EnumMap<>(timers);
      more.put(outcome, timer);
      timers = more;
    }
    return timer;
  }
}
