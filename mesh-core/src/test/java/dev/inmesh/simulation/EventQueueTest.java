package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventQueueTest {

  @Test
  void eventsHappenByTimeAndThoseOfOneInstantInTheirOrder() {
    record Planned(long time, int order) {}
    EventQueue events = new EventQueue();
    Draws draws = new Draws(1, 1);
    List<Planned> happened = new ArrayList<>();
    List<Planned> planned = new ArrayList<>();

    for (int i = 0; i < 10_000; i++) {
      Planned plan = new Planned(draws.below(500), i);
      planned.add(plan);
      events.at(plan.time(), now -> happened.add(plan));
    }
    events.run();

    planned.sort(Comparator.comparingLong(Planned::time).thenComparingInt(Planned::order));
    assertThat(happened).isEqualTo(planned);
  }

  @Test
  void anEventMayPlanOthersAndNothingHappensInThePast() {
    EventQueue events = new EventQueue();
    List<Long> times = new ArrayList<>();

    events.at(
        10,
        now -> {
          events.at(5, times::add);
          events.at(12, times::add);
        });
    events.at(11, times::add);
    events.run();

    assertThat(times).containsExactly(10L, 11L, 12L);
  }
}
