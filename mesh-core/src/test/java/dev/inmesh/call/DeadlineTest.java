package dev.inmesh.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // A scope is there to be closed.
final class DeadlineTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void itHoldsInThisThreadUntilItsScopeIsClosed() {
    assertThat(Deadline.current()).isEmpty();
    assertThat(Deadline.limitNanos(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
    Deadline deadline = Deadline.within(MINUTE);

    try (Deadline.Scope scope = deadline.open()) {
      assertThat(Deadline.current()).containsSame(deadline);
      assertThat(Deadline.limitNanos(System.nanoTime())).isBetween(1L, MINUTE.toNanos());
    }

    assertThat(Deadline.current()).isEmpty();
  }

  @Test
  void anInnerOneCanOnlyBeEarlier() {
    Deadline outer = Deadline.within(MINUTE);
    Deadline later = Deadline.within(HOUR);
    Deadline earlier = Deadline.within(Duration.ofSeconds(1));

    try (Deadline.Scope page = outer.open()) {
      try (Deadline.Scope part = later.open()) {
        assertThat(Deadline.current()).containsSame(outer);
      }
      try (Deadline.Scope part = earlier.open()) {
        assertThat(Deadline.current()).containsSame(earlier);
      }
      assertThat(Deadline.current()).containsSame(outer);
    }
  }

  @Test
  void nothingIsLeftOfAnEndedOne() {
    for (Duration time : new Duration[] {Duration.ZERO, Duration.ofDays(-1)}) {
      Deadline over = Deadline.within(time);

      assertThat(over.isOver()).isTrue();
      assertThat(over.remaining()).isZero();
    }
  }

  @Test
  void farAwayIsADay() {
    assertThat(Deadline.within(Duration.ofSeconds(Long.MAX_VALUE)).remaining())
        .isBetween(Duration.ofHours(23), Duration.ofDays(1));
  }

  @Test
  void aWrappedTaskTakesItToAnotherThread() throws Exception {
    AtomicReference<Object> seen = new AtomicReference<>();
    AtomicReference<Object> after = new AtomicReference<>();
    ExecutorService other = Executors.newSingleThreadExecutor();
    Deadline deadline = Deadline.within(MINUTE);
    Runnable task;
    try (Deadline.Scope scope = deadline.open()) {
      task = Deadline.wrap(() -> seen.set(Deadline.current().orElseThrow()));
    }

    other.submit(task).get();
    other.submit(() -> after.set(Deadline.current())).get();
    other.shutdown();

    assertThat(seen).hasValue(deadline);
    assertThat(after).hasValue(Optional.empty());
  }

  @Test
  void micrometersContextPropagationCarriesIt() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    Deadline deadline = Deadline.within(MINUTE);
    ContextSnapshot snapshot;
    try (Deadline.Scope scope = deadline.open()) {
      snapshot = ContextSnapshotFactory.builder().build().captureAll();
    }

    Object seen = other.submit(snapshot.wrap(() -> Deadline.current().orElseThrow())).get();
    Object after = other.submit(Deadline::current).get();
    other.shutdown();

    assertThat(seen).isSameAs(deadline);
    assertThat(after).isEqualTo(Optional.empty());
  }
}
