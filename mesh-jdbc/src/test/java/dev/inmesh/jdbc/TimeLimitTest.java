package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.call.Deadline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is asked of a connection ends in time, whatever the server does. */
@Tag("alone")
@Timeout(60)
final class TimeLimitTest {

  private final Mesh mesh = Mesh.of(Map.of());
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Semaphore answers = new Semaphore(0);
  private final Semaphore aborted = new Semaphore(0);
  private final AtomicInteger cancels = new AtomicInteger();
  private volatile boolean heedsCancels = true;
  private final CountedPool pool = new CountedPool(this::slowConnection);

  /** What a process does once must not take the time of what is tested. */
  @BeforeEach
  void loadClasses() throws SQLException {
    CountedPool quick = new CountedPool(StubDriver::connection);
    MeshDataSource warm =
        MeshDataSource.builder(mesh, "warm")
            .primary(quick)
            .timeout(Duration.ofMinutes(1))
            .meterRegistry(meters)
            .build();
    try (Connection connection = warm.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      statement.executeQuery().close();
    }
  }

  @AfterEach
  void close() {
    mesh.close();
    assertThat(Thread.interrupted()).as("interrupted").isFalse();
  }

  /** A connection whose statements run until they are told to answer, cancelled, or aborted. */
  private Connection slowConnection() {
    Connection raw = StubDriver.connection();
    return proxy(
        Connection.class,
        (self, method, args) ->
            switch (method.getName()) {
              case "prepareStatement" ->
                  slow(PreparedStatement.class, raw.prepareStatement("SELECT 1"));
              case "createStatement" -> slow(Statement.class, raw.createStatement());
              case "abort" -> {
                aborted.release(1000);
                yield null;
              }
              case "commit" -> {
                waits();
                yield null;
              }
              case "setAutoCommit" -> {
                if (args[0].equals(true)) {
                  waits();
                }
                yield null;
              }
              default -> method.invoke(raw, args);
            });
  }

  private <T extends Statement> T slow(Class<T> type, T raw) {
    return proxy(
        type,
        (self, method, args) -> {
          if (method.getName().startsWith("execute")) {
            waits();
          }
          if (method.getName().equals("cancel")) {
            cancels.incrementAndGet();
            if (heedsCancels) {
              answers.release();
            }
          }
          return method.invoke(raw, args);
        });
  }

  /** Until the server answers, or the connection is gone. */
  private void waits() throws Exception {
    int cancelled = cancels.get();
    while (!answers.tryAcquire(1, TimeUnit.MILLISECONDS)) {
      if (aborted.tryAcquire()) {
        throw new SQLException("I/O error", "08006");
      }
    }
    if (cancels.get() != cancelled) {
      throw new SQLException("cancelled", "57014");
    }
  }

  @SuppressWarnings("unchecked")
  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return (T)
        Proxy.newProxyInstance(
            TimeLimitTest.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private MeshDataSource database(DataSource primary, Duration timeout) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(primary)
        .timeout(timeout)
        .meterRegistry(meters)
        .build();
  }

  private double timeouts(String phase) {
    return meters.counter("mesh.jdbc.timeouts", "database", "orders", "phase", phase).count();
  }

  @Test
  void statementIsCancelledAndItsConnectionIsOfUse() throws SQLException {
    try (Connection connection = database(pool, Duration.ofMillis(300)).getConnection();
        Statement statement = connection.createStatement()) {

      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageMatching("orders: timed out after \\d+ ms \\(timeout 300 ms\\) at primary")
          .hasRootCauseMessage("cancelled")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("HYT00");

      answers.release();
      statement.executeQuery("SELECT 1").close();
      assertThat(cancels).hasValue(1);
      assertThat(aborted.availablePermits()).isZero();
    }
    assertThat(pool.held()).isZero();
    assertThat(timeouts("server")).isEqualTo(1);
  }

  @Test
  void connectionThatAnswersNoCancelIsAborted() throws SQLException {
    heedsCancels = false;
    try (Connection connection = database(pool, Duration.ofMillis(300)).getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT 1")) {

      assertThatThrownBy(statement::executeQuery)
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageContaining(
              "at primary, where it did not end in time, and so lost its connection")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08006");
    }
    assertThat(cancels).hasValue(1);
    assertThat(pool.held()).isZero();
  }

  @Test
  @SuppressWarnings("try") // The scope is what it is there for.
  void deadlineOfThePageBoundsWhatHasNoTimeout() throws SQLException {
    try (Connection connection = database(pool, Duration.ZERO).getConnection();
        Statement statement = connection.createStatement()) {
      try (Deadline.Scope page = Deadline.within(Duration.ofMillis(80)).open()) {
        assertThatThrownBy(() -> statement.executeUpdate("DELETE FROM t"))
            .isInstanceOf(SQLTimeoutException.class)
            .hasMessageContaining("(the deadline left ");

        // The page is over: no byte is sent, and nothing waits.
        int executions = pool.calls.size();
        assertThatThrownBy(
                () -> {
                  try (Deadline.Scope over = Deadline.within(Duration.ZERO).open()) {
                    statement.executeUpdate("DELETE FROM t");
                  }
                })
            .isInstanceOf(SQLTimeoutException.class)
            .hasMessage("orders: not begun, since the deadline is over");
        assertThat(pool.calls).hasSize(executions);
      }
    }
    assertThat(timeouts("wait")).isEqualTo(1);
  }

  @Test
  void commitWithoutAnAnswerSaysThatItsOutcomeIsNotKnown() throws SQLException {
    try (Connection connection = database(pool, Duration.ofMillis(300)).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      answers.release();
      int unused = statement.executeUpdate("DELETE FROM t");

      SQLTimeoutException thrown =
          catchThrowableOfType(SQLTimeoutException.class, connection::commit);
      assertThat(thrown.getMessage()).endsWith("whether it was committed is not known");
      assertThat(thrown.getSQLState()).isEqualTo("08007");
    }
  }

  @Test
  void commitByTurningAutocommitOnIsBoundedToo() throws SQLException {
    try (Connection connection = database(pool, Duration.ofMillis(100)).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      answers.release();
      int unused = statement.executeUpdate("DELETE FROM t");

      SQLTimeoutException thrown =
          catchThrowableOfType(SQLTimeoutException.class, () -> connection.setAutoCommit(true));
      assertThat(thrown.getSQLState()).isEqualTo("08007");
    }
  }

  @Test
  void waitForAPoolEndsInTime() throws SQLException {
    CountDownLatch never = new CountDownLatch(1);
    CountedPool known = new CountedPool(StubDriver::connection);
    AtomicInteger asked = new AtomicInteger();
    CountedPool empty =
        new CountedPool(
            () -> {
              if (asked.getAndIncrement() == 0) {
                return known.getConnection();
              }
              // As pools wait: an interrupt ends it.
              never.await();
              return known.getConnection();
            });
    try (Connection connection = database(empty, Duration.ofMillis(50)).getConnection();
        Statement statement = connection.createStatement()) {

      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageMatching(
              "orders: timed out after \\d+ ms \\(timeout 50 ms\\) waiting for a connection")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("HYT01");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
    assertThat(known.held()).isZero();
    assertThat(timeouts("wait")).isEqualTo(1);
  }

  @Test
  void theFirstStatementEndsInTimeThoughTheServerHangsWhenItIsAskedWhatItIs() throws SQLException {
    CountDownLatch broken = new CountDownLatch(1);
    CountedPool hanging =
        new CountedPool(
            () -> {
              Connection raw = StubDriver.connection();
              return proxy(
                  Connection.class,
                  (self, method, args) -> {
                    if (method.getName().equals("abort")) {
                      broken.countDown();
                    }
                    if (method.getName().equals("getTransactionIsolation")) {
                      uninterruptibly(broken);
                      throw new SQLException("I/O error", "08006");
                    }
                    return method.invoke(raw, args);
                  });
            });
    try (Connection connection = database(hanging, Duration.ofMillis(200)).getConnection();
        Statement statement = connection.createStatement()) {

      assertThatThrownBy(() -> statement.executeQuery("SELECT 1"))
          .isInstanceOf(SQLTimeoutException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("08006");
    }
    assertThat(hanging.held()).isZero();
  }

  /** As a driver waits that reads from a socket. */
  private static void uninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatAnswersInTimeIsLeftAlone() throws SQLException {
    CountedPool quick = new CountedPool(StubDriver::connection);
    try (Connection connection = database(quick, Duration.ofSeconds(50)).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT 1")) {
      assertThat(rows.next()).isTrue();
    }
    assertThat(meters.find("mesh.jdbc.timeouts").counter()).isNull();
    assertThat(
            meters
                .get("mesh.jdbc.statements")
                .tags("database", "orders", "server", "primary", "outcome", "success")
                .functionTimer()
                .count())
        .isEqualTo(1);
  }

  /** A replica's result is read in pieces while a transaction is open at the primary. */
  @Test
  void aFetchThatHangsCostsItsOwnConnectionAndNoOther() throws SQLException {
    CountedPool primary = new CountedPool(StubDriver::connection);
    CountedPool replica = new CountedPool(this::hangingInFetches);
    MeshDataSource database =
        MeshDataSource.builder(mesh, "orders")
            .primary(primary)
            .replica("r1", replica)
            .readRouting(ReadRouting.AUTO)
            .timeout(Duration.ofMillis(200))
            .meterRegistry(meters)
            .build();
    heedsCancels = false;
    try (Connection connection = database.getConnection();
        Statement reading = connection.createStatement();
        Statement writing = connection.createStatement()) {
      reading.setFetchSize(10);
      ResultSet rows = reading.executeQuery("SELECT 1");
      connection.setAutoCommit(false);
      int unused = writing.executeUpdate("DELETE FROM t");

      assertThatThrownBy(rows::next)
          .isInstanceOf(SQLTimeoutException.class)
          .hasMessageContaining(" at r1, ");

      assertThat(cancels).as("cancelled first").hasValue(1);
      assertThat(replica.calls).contains("abort");
      assertThat(primary.calls).doesNotContain("abort");
    }
  }

  private Connection hangingInFetches() {
    Connection raw = StubDriver.connection();
    return proxy(
        Connection.class,
        (self, method, args) -> {
          if (method.getName().equals("abort")) {
            aborted.release(1000);
          }
          Object answer = method.invoke(raw, args);
          return answer instanceof Statement made ? fetching(made) : answer;
        });
  }

  private Statement fetching(Statement made) {
    Statement slow = slow(Statement.class, made);
    return proxy(
        Statement.class,
        (self, method, args) ->
            method.getName().equals("executeQuery")
                ? proxy(
                    ResultSet.class,
                    (rows, called, values) -> {
                      if (called.getName().equals("getStatement")) {
                        return slow;
                      }
                      if (called.getName().equals("next")) {
                        waits();
                      }
                      return null;
                    })
                : method.invoke(slow, args));
  }

  /**
   * Answers that come in the very moment of the cancel: whatever wins, each statement has one end,
   * no cancel reaches the statement after it, and nothing is left waiting or interrupted.
   */
  @Test
  void cancelsNeverReachTheNextStatement() throws Exception {
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    int threads = 4;
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      int seed = 7 + i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  race(seed, wrong);
                } catch (Exception | AssertionError e) {
                  wrong.add("seed " + seed + ": " + e);
                }
                done.countDown();
              });
      thread.start();
    }
    done.await();

    assertThat(wrong).isEmpty();
  }

  private void race(int seed, ConcurrentLinkedQueue<String> wrong) throws SQLException {
    Random random = new Random(seed);
    int stopped = 0;
    for (int i = 0; i < 10; i++) {
      CountedPool racing = new CountedPool(() -> new RacingDriver(random, wrong).connection());
      try (Connection connection = database(racing, Duration.ofMillis(20)).getConnection();
          Statement statement = connection.createStatement()) {
        for (int j = 0; j < 10; j++) {
          try {
            statement.executeQuery("SELECT 1").close();
          } catch (SQLTimeoutException e) {
            stopped++;
          }
          if (Thread.interrupted()) {
            wrong.add("interrupted after statement " + j);
          }
        }
      }
      if (racing.held() != 0) {
        wrong.add("held " + racing.held());
      }
    }
    if (stopped == 0 || stopped == 100) {
      wrong.add("stopped " + stopped + " of 100");
    }
  }

  /** One connection, which answers after about the time that there is, and notes wrong cancels. */
  private static final class RacingDriver {

    private final Random random;
    private final ConcurrentLinkedQueue<String> wrong;
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean cancelled;
    private volatile boolean dead;

    RacingDriver(Random random, ConcurrentLinkedQueue<String> wrong) {
      this.random = random;
      this.wrong = wrong;
    }

    Connection connection() throws SQLException {
      Connection raw = StubDriver.connection();
      return proxy(
          Connection.class,
          (self, method, args) -> {
            if (method.getName().equals("abort")) {
              dead = true;
              return null;
            }
            return method.getName().equals("createStatement")
                ? statement(raw.createStatement())
                : method.invoke(raw, args);
          });
    }

    private Statement statement(Statement raw) {
      return proxy(
          Statement.class,
          (self, method, args) -> {
            switch (method.getName()) {
              case "executeQuery" -> {
                int number = running.incrementAndGet();
                cancelled = false;
                long end = System.nanoTime() + 18_000_000 + random.nextInt(2_000_000);
                while (System.nanoTime() - end < 0 && !cancelled && !dead) {
                  Thread.onSpinWait();
                }
                if (running.get() != number) {
                  wrong.add("two at once");
                }
                if (dead) {
                  throw new SQLException("I/O error", "08006");
                }
                if (cancelled) {
                  throw new SQLException("cancelled", "57014");
                }
              }
              case "cancel" -> {
                int number = running.get();
                LockSupport.parkNanos(20_000);
                // Of an aborted connection nobody waits for the cancel.
                for (int i = 0; running.get() != number && !dead && i < 1000; i++) {
                  LockSupport.parkNanos(1_000_000);
                }
                if (running.get() != number && !dead) {
                  wrong.add("statement " + (number + 1) + " began under the cancel of " + number);
                }
                cancelled = true;
              }
              default -> {}
            }
            return method.invoke(raw, args);
          });
    }
  }
}
