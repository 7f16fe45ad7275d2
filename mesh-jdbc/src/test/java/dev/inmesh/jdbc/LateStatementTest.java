package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.timer.Timers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A wait for a pool that took nearly all of the time, in time that the test makes. */
final class LateStatementTest {

  private final Deque<Runnable> due = new ArrayDeque<>();
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private final AtomicInteger cancels = new AtomicInteger();
  private final CountedPool pool = new CountedPool(StubDriver::connection);
  private final Timers timers =
      (nanos, task) -> {
        due.add(task);
        return () -> due.remove(task);
      };
  private final TimeLimit limit =
      new TimeLimit(
          "orders",
          timers,
          stops::add,
          System.nanoTime(),
          Duration.ofHours(1).toNanos(),
          false,
          null);

  private void timePasses() {
    due.remove().run();
    while (!stops.isEmpty()) {
      stops.remove().run();
    }
  }

  private Physical physical() throws SQLException {
    Connection raw = pool.getConnection();
    Database database = new Database(Lineup.entry("db1", 1), pool);
    StatementMeters meters = new StatementMeters("orders", new SimpleMeterRegistry());
    return new Physical(database, raw, meters.of("db1"), false);
  }

  private Statement statement() {
    return (Statement)
        Proxy.newProxyInstance(
            LateStatementTest.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (self, method, args) -> {
              if (method.getName().equals("cancel")) {
                cancels.incrementAndGet();
              }
              return null;
            });
  }

  @Test
  void aStatementThatBeginsLateIsCancelledAllTheSameBeforeItsConnectionIsLost() throws Exception {
    limit.begin();
    limit.waits(false);
    timePasses();
    limit.waited(physical());
    limit.runs(statement());

    timePasses();
    assertThat(cancels).hasValue(1);
    assertThat(pool.calls).doesNotContain("abort");

    timePasses();
    assertThat(pool.calls).contains("abort");
    limit.over();
    assertThat(due).isEmpty();
  }

  @Test
  void anInterruptOfTheUsersIsKeptWhenOursIsTakenBack() throws Exception {
    limit.begin();
    limit.waits(false);
    timePasses();
    Thread.currentThread().interrupt();
    timePasses();
    limit.waited(null);
    limit.over();

    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptOfOursIsTakenBack() throws Exception {
    limit.begin();
    limit.waits(false);
    timePasses();
    timePasses();
    timePasses();
    limit.waited(null);
    limit.over();

    assertThat(Thread.interrupted()).isFalse();
  }
}
