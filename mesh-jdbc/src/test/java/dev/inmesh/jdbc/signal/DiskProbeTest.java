package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When a probe asks, and what it says of what it hears. */
@Timeout(60)
final class DiskProbeTest {

  private final Path folder;
  private final Path file;

  DiskProbeTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    file = Files.writeString(folder.resolve("millis"), "5");
  }

  private ThrottleSettings ofFile() {
    return Probed.settings(DiskSource.FILE, file.toString());
  }

  private static ThrottleSettings off(ThrottleSettings on) {
    return new ThrottleSettings(
        ThrottleMode.OFF,
        on.source(),
        on.sql(),
        on.file(),
        on.url(),
        on.device(),
        on.maxWait(),
        on.minPermits(),
        on.maxPermits(),
        on.statementClass());
  }

  /** Runs what it is given when it is told to. */
  private static final class Later implements java.util.concurrent.Executor {
    final Deque<Runnable> given = new ArrayDeque<>();

    @Override
    public void execute(Runnable work) {
      given.add(work);
    }

    void run() {
      given.remove().run();
    }
  }

  /** How many polls there are in so many seconds of ticks. */
  private static long polls(Probed probed, int seconds, boolean busy) {
    long before = probed.probe.latest().sequence();
    for (int i = 0; i < 20 * seconds; i++) {
      probed.later(50);
      probed.probe.tick(probed.now(), busy);
    }
    return probed.probe.latest().sequence() - before;
  }

  @Test
  void asksEverySecondWhileSomebodyIsBusyAndEveryFiveWhileNobodyIs() {
    try (Probed probed = new Probed(Probed.none(), ofFile())) {
      assertThat(polls(probed, 20, true)).isEqualTo(20);
      assertThat(polls(probed, 20, false)).isEqualTo(4);
      assertThat(polls(probed, 20, true)).isEqualTo(20);
    }
  }

  @Test
  void knowsNothingBeforeItHasAsked() {
    try (Probed probed = new Probed(Probed.none(), ofFile())) {
      assertThat(probed.probe.latest().absent()).contains("not asked yet");
      assertThat(probed.log()).isEmpty();
    }
  }

  @Test
  void asksOneQuestionAtATime() {
    Later later = new Later();
    try (Probed probed = new Probed(Probed.none(), ofFile(), Path.of("/proc"), later)) {
      for (int i = 0; i < 3; i++) {
        probed.tick();
      }
      assertThat(later.given).hasSize(1);

      later.run();
      probed.tick();

      assertThat(later.given).hasSize(1);
      assertThat(probed.probe.latest().sequence()).isEqualTo(1);
    }
  }

  @Test
  void whatIsFiveSecondsOldIsAbsentUntilThereIsAnAnswer() {
    Later later = new Later();
    try (Probed probed = new Probed(Probed.none(), ofFile(), Path.of("/proc"), later)) {
      probed.tick();
      later.run();

      for (int i = 0; i < 4; i++) {
        assertThat(probed.tick().measures()).hasSize(1);
      }
      Poll stale = probed.tick();
      probed.tick();
      later.run();
      Poll back = probed.probe.latest();

      assertThat(stale.measures()).isEmpty();
      assertThat(stale.absent()).contains("no answer for 5 s");
      assertThat(back.measures()).hasSize(1);
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: disk signal: mesh.jdbc.orders.throttle.signal.file",
              "WARN orders: no disk signal: no answer for 5 s",
              "INFO orders: disk signal is back: mesh.jdbc.orders.throttle.signal.file");
    }
  }

  @Test
  void aProcessThatStoodStillBlamesNobody() {
    Later later = new Later();
    try (Probed probed = new Probed(Probed.none(), ofFile(), Path.of("/proc"), later)) {
      probed.tick();
      later.run();

      probed.later(20_000);
      probed.tick();
      later.run();

      assertThat(probed.probe.latest().absent()).isEmpty();
      assertThat(probed.log()).hasSize(1);
    }
  }

  @Test
  void aServerThatIsDownTakesNothingFromAFile() {
    AtomicInteger tried = new AtomicInteger();
    DiskProbe.Connections down =
        () -> {
          tried.incrementAndGet();
          throw new SQLException("refused", "08001");
        };
    try (Probed probed = new Probed(down, ofFile())) {
      for (int i = 0; i < 60; i++) {
        assertThat(probed.tick().measures()).hasSize(1);
      }

      assertThat(tried).hasValue(12);
    }
  }

  @Test
  void whatIsOldIsNoMatterWhileNobodyIsBusy() {
    Later later = new Later();
    try (Probed probed = new Probed(Probed.none(), ofFile(), Path.of("/proc"), later)) {
      probed.tick();
      later.run();

      probed.later(60_000);
      probed.probe.tick(probed.now(), false);

      assertThat(probed.probe.latest().absent()).isEmpty();
      probed.later(100);
      probed.probe.tick(probed.now(), true);
      assertThat(probed.probe.latest().absent()).isEmpty();
    }
  }

  @Test
  void followsOtherSettings() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "9");
    try (Probed probed = new Probed(Probed.none(), ofFile())) {
      probed.tick();

      probed.probe.settings(Probed.settings(DiskSource.FILE, other.toString()));

      assertThat(probed.tick().measures()).containsExactly(new Measure(DiskOperation.READ, 9));
    }
  }

  @Test
  void asksNothingWhileItIsSwitchedOff() throws Exception {
    Counted server = new Counted();
    ThrottleSettings on = Probed.settings(DiskSource.SQL, "SELECT 5");
    try (Probed probed = new Probed(server::open, on)) {
      assertThat(probed.tick().measures()).hasSize(1);

      probed.probe.settings(off(on));
      Poll poll = probed.tick();

      assertThat(poll.absent()).contains("switched off");
      assertThat(server.open()).isNotNull();
      assertThat(server.held()).isEqualTo(1);
      probed.probe.settings(on);
      assertThat(probed.tick().measures()).hasSize(1);
    }
  }

  @Test
  void aDatabaseThatTellsNothingIsAskedOnce() {
    Counted server = new Counted();
    try (Probed probed = new Probed(server::open, Probed.settings(DiskSource.AUTO))) {
      for (int i = 0; i < 200; i++) {
        assertThat(probed.tick().measures()).isEmpty();
      }

      assertThat(server.opened()).isEqualTo(1);
      assertThat(server.held()).isZero();
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: no disk signal: H2 tells nothing of its disk; throttle.signal can be"
                  + " host, prometheus, sql, file or url");
    }
  }

  @Test
  void aSourceOfAnotherDatabaseIsRefused() {
    Counted server = new Counted();
    try (Probed probed = new Probed(server::open, Probed.settings(DiskSource.POSTGRESQL))) {
      probed.tick();

      assertThat(probed.log())
          .containsExactly(
              "WARN orders: no disk signal: mesh.jdbc.orders.throttle.signal is postgresql, but the"
                  + " server is H2; set it to auto");
    }
  }

  @Test
  void aServerThatIsDownIsTriedEveryFiveSeconds() {
    AtomicInteger tried = new AtomicInteger();
    DiskProbe.Connections down =
        () -> {
          tried.incrementAndGet();
          throw new SQLException("password=secret refused", "08001");
        };
    try (Probed probed = new Probed(down, Probed.settings(DiskSource.AUTO))) {
      for (int i = 0; i < 60; i++) {
        assertThat(probed.tick().measures()).isEmpty();
      }

      assertThat(tried).hasValue(12);
      assertThat(probed.log())
          .containsExactly(
              "INFO orders: no disk signal: the server can't be asked: password=*** refused");
    }
  }

  @Test
  void aConnectionThatIsLostIsOpenedAgain() throws Exception {
    Counted server = new Counted();
    try (Probed probed = new Probed(server::open, Probed.settings(DiskSource.SQL, "SELECT 5"))) {
      probed.tick();

      server.last().close();

      assertThat(probed.tick().measures()).isEmpty();
      assertThat(probed.tick().measures()).hasSize(1);
      assertThat(server.opened()).isEqualTo(2);
    }
  }

  @Test
  void theConnectionGoesBackAsItCame() throws Exception {
    Counted server = new Counted();
    server.autoCommit = false;
    Probed probed = new Probed(server::open, Probed.settings(DiskSource.SQL, "SELECT 5"));
    probed.tick();
    assertThat(server.last().getAutoCommit()).isTrue();

    probed.close();
    probed.tick();

    assertThat(server.calls()).endsWith("setAutoCommit false", "setNetworkTimeout 12345", "close");
    assertThat(server.held()).isZero();
    assertThat(server.opened()).isEqualTo(1);
  }

  @Test
  void aConnectionThatComesAfterTheEndIsGivenBack() throws Exception {
    Counted server = new Counted();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch comes = new CountDownLatch(1);
    DiskProbe.Connections slow =
        () -> {
          asked.countDown();
          await(comes);
          return server.open();
        };
    ExecutorService threads = Executors.newCachedThreadPool();
    Probed probed = new Probed(slow, Probed.settings(DiskSource.AUTO), Path.of("/proc"), threads);
    probed.tick();
    asked.await();

    probed.close();
    comes.countDown();
    threads.shutdown();

    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.opened()).isEqualTo(1);
    assertThat(server.held()).isZero();
  }

  @Test
  void anAnswerThatTakesTooLongIsBrokenOff() throws Exception {
    CountDownLatch aborted = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Counted server = new Counted();
    server.onStatement =
        () -> {
          asked.countDown();
          await(aborted);
          throw new SQLException("aborted", "08006");
        };
    server.onAbort = aborted::countDown;
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Probed probed =
        new Probed(
            server::open, Probed.settings(DiskSource.SQL, "SELECT 5"), Path.of("/proc"), threads)) {
      probed.tick();
      asked.await();
      probed.tick();
      assertThat(aborted.getCount()).isEqualTo(1);

      probed.later(3000);
      probed.tick();

      aborted.await();
    } finally {
      threads.shutdown();
    }
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.held()).isZero();
  }

  @Test
  void threadsThatTakeNothingMoreAreNoFault() {
    try (Probed probed =
        new Probed(
            Probed.none(),
            ofFile(),
            Path.of("/proc"),
            work -> {
              throw new RejectedExecutionException();
            })) {
      assertThat(probed.tick().absent()).contains("not asked yet");
      assertThat(probed.tick().absent()).contains("not asked yet");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that may fail. */
  private interface Step {
    void run() throws SQLException;
  }

  /** Connections to an H2 of which it is known what was done with them. */
  private static final class Counted {
    private final List<String> calls = new ArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private volatile @Nullable Connection last;
    boolean autoCommit = true;
    Step onStatement = () -> {};
    Runnable onAbort = () -> {};

    Connection open() throws SQLException {
      opened.incrementAndGet();
      Connection raw = DriverManager.getConnection("jdbc:h2:mem:probe");
      raw.setAutoCommit(autoCommit);
      last = raw;
      AtomicInteger closes = new AtomicInteger();
      return (Connection)
          Proxy.newProxyInstance(
              Counted.class.getClassLoader(),
              new Class<?>[] {Connection.class},
              (self, method, args) -> {
                switch (method.getName()) {
                  case "getNetworkTimeout" -> {
                    return 12345;
                  }
                  case "setNetworkTimeout" -> {
                    calls.add("setNetworkTimeout " + args[1]);
                    return null;
                  }
                  case "setAutoCommit" -> calls.add("setAutoCommit " + args[0]);
                  case "createStatement" -> onStatement.run();
                  case "abort" -> onAbort.run();
                  case "close" -> {
                    calls.add("close");
                    if (closes.incrementAndGet() == 1) {
                      closed.incrementAndGet();
                    }
                  }
                  default -> {}
                }
                try {
                  return method.invoke(raw, args);
                } catch (InvocationTargetException e) {
                  throw e.getTargetException();
                }
              });
    }

    Connection last() {
      return java.util.Objects.requireNonNull(last);
    }

    List<String> calls() {
      return calls;
    }

    int opened() {
      return opened.get();
    }

    int held() {
      return opened.get() - closed.get();
    }
  }
}
