package dev.inmesh.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.CancellableServerCall;
import dev.inmesh.Mesh;
import dev.inmesh.ServerCall;
import dev.inmesh.ServerStatus;
import dev.inmesh.Upstream;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.BreakerOpenException;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.generic.LineServer.Mood;
import dev.inmesh.http.AddressCheck;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class GenericCallTest {

  private final List<AutoCloseable> open = new ArrayList<>();
  private LineServer a;
  private LineServer b;

  @BeforeEach
  void startServers() throws Exception {
    a = new LineServer();
    b = new LineServer();
    open.add(a);
    open.add(b);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private Upstream upstream(String... keysAndValues) {
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.upstream.lines.servers", a.address() + "," + b.address());
    keys.put("mesh.upstream.lines.balancer", "round_robin");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      keys.put("mesh.upstream.lines." + keysAndValues[i], keysAndValues[i + 1]);
    }
    Mesh mesh = Mesh.of(keys);
    open.add(mesh);
    return mesh.upstream("lines");
  }

  private static ServerCall<String> asking(String line) {
    return server -> LineServer.ask(server.host(), server.port(), line, null);
  }

  private static CancellableServerCall<String> stoppable(String line) {
    return (server, cancellation) ->
        LineServer.ask(
            server.host(),
            server.port(),
            line,
            socket -> cancellation.onCancel(() -> close(socket)));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void callsAreBalanced() throws Exception {
    Upstream lines = upstream();

    for (int i = 0; i < 10; i++) {
      assertThat(lines.call(asking("hello"))).isEqualTo("re: hello");
    }

    assertThat(a.lines).hasSize(5);
    assertThat(b.lines).hasSize(5);
    assertThat(lines.active()).isZero();
  }

  @Test
  void aServerThatRefusesIsLeftOutAndTheCallGoesToAnother() throws Exception {
    Upstream lines = upstream();
    a.close();

    for (int i = 0; i < 20; i++) {
      assertThat(lines.call(asking("hello"))).isEqualTo("re: hello");
    }

    assertThat(b.lines).hasSize(20);
    assertThat(status(lines, a).state()).isEqualTo(ServerStatus.State.EJECTED);
  }

  @Test
  void aServerOutsideTheAllowedNetworksIsPassedOverBeforeTheCodeRuns() throws Exception {
    String name = "localhost:" + a.address().substring(a.address().indexOf(':') + 1);
    List<String> seen = new CopyOnWriteArrayList<>();
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.upstream.lines.servers", name + ", 10.0.0.1:1 backup");
    keys.put("mesh.allowed-networks", "10.0.0.0/8");
    Mesh mesh = Mesh.of(keys);
    open.add(mesh);
    Upstream lines = mesh.upstream("lines");

    String answer =
        lines.call(
            server -> {
              seen.add(server.address());
              return "inside";
            });

    assertThat(answer).isEqualTo("inside");
    assertThat(seen).containsExactly("10.0.0.1:1");
    assertThat(a.lines).isEmpty();
  }

  @Test
  void whereNoServerIsInsideTheCallFailsWithTheAddress() {
    String name = "localhost:" + a.address().substring(a.address().indexOf(':') + 1);
    Mesh mesh =
        Mesh.of(Map.of("mesh.upstream.lines.servers", name, "mesh.allowed-networks", "10.0.0.0/8"));
    open.add(mesh);

    assertThatThrownBy(() -> mesh.upstream("lines").call(asking("hello")))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining(
            " of " + name + " is outside mesh.allowed-networks (10.0.0.0/8); nothing was sent")
        .hasCauseInstanceOf(OutsideNetworksException.class);
    assertThat(a.lines).isEmpty();
  }

  @Test
  void aServerInsideTheAllowedNetworksIsCalledByNameAndByAddress() throws Exception {
    String name = "localhost:" + b.address().substring(b.address().indexOf(':') + 1);
    Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.upstream.lines.servers",
                a.address() + "," + name,
                "mesh.allowed-networks",
                "127.0.0.0/8"));
    open.add(mesh);

    for (int i = 0; i < 4; i++) {
      assertThat(mesh.upstream("lines").call(asking("hello"))).isEqualTo("re: hello");
    }
  }

  @Test
  void whatMayHaveBeenDoneIsNotDoneAgain() {
    Upstream lines = upstream("retry.tries", "5");
    a.mood = Mood.HANG_UP;
    b.mood = Mood.HANG_UP;

    assertThatThrownBy(() -> lines.call(asking("order")))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("no attempt succeeded")
        .hasCauseInstanceOf(IOException.class);

    assertThat(a.lines.size() + b.lines.size()).isOne();
  }

  @Test
  void whatIsIdempotentIsTriedAgainElsewhere() throws Exception {
    Upstream lines = upstream();
    a.mood = Mood.HANG_UP;

    for (int i = 0; i < 4; i++) {
      assertThat(lines.callIdempotent(stoppable("hello"))).isEqualTo("re: hello");
    }

    assertThat(a.lines).isNotEmpty();
  }

  @Test
  void timeRunsOutAndTheCodeIsStopped() throws Exception {
    Upstream lines = upstream("timeout", "100ms");
    a.mood = Mood.HANG;
    b.mood = Mood.HANG;
    CountDownLatch stopped = new CountDownLatch(1);

    CallTimeoutException late =
        catchThrowableOfType(
            CallTimeoutException.class,
            () ->
                lines.call(
                    (server, cancellation) -> {
                      cancellation.onCancel(stopped::countDown);
                      return stoppable("hello").on(server, cancellation);
                    }));

    assertThat(late.phase()).isEqualTo(Phase.SERVER);
    assertThat(late).hasMessageContaining("lines: timed out in phase server");
    assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lines.active()).isZero();
    assertThat(lines.servers()).allMatch(server -> server.inFlight() == 0);
  }

  @Test
  void codeThatOffersNoWayToStopIsInterruptedAndNobodyWaitsForIt() throws Exception {
    Upstream lines = upstream("timeout", "100ms");
    CountDownLatch interrupted = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                lines.call(
                    server -> {
                      try {
                        return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                      } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                      }
                    }))
        .isInstanceOf(CallTimeoutException.class);

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void codeThatNeverStopsDoesNotMakeTheCallerLate() {
    Upstream lines = upstream("timeout", "100ms");
    CountDownLatch end = new CountDownLatch(1);

    assertThatThrownBy(() -> lines.call(server -> untilTheEnd(end)))
        .isInstanceOf(CallTimeoutException.class);

    end.countDown();
  }

  private static String untilTheEnd(CountDownLatch end) {
    while (true) {
      try {
        end.await();
        return "at last";
      } catch (InterruptedException e) {
        // It never stops.
      }
    }
  }

  @Test
  void aBugOfTheCodeReachesTheCallerAndBlamesNobody() {
    Upstream lines = upstream("breaker.window", "3", "breaker.half-open-calls", "1");

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> lines.call(server -> fail(new IllegalStateException("bug"))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("bug");
    }

    assertThat(lines.servers()).allMatch(server -> server.state() == ServerStatus.State.UP);
    assertThat(lines.active()).isZero();
  }

  private static String fail(Exception failure) throws Exception {
    throw failure;
  }

  @Test
  void anUncheckedExceptionAroundAnIoExceptionIsTheServersFault() {
    Upstream lines = upstream("outlier.mode", "off", "retry.on", "off");

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(
              () ->
                  lines.call(
                      server -> fail(new IllegalStateException("x", new IOException("broke")))))
          .isInstanceOf(MeshException.class);
    }

    assertThatThrownBy(() -> lines.call(asking("hello"))).isInstanceOf(BreakerOpenException.class);
  }

  @Test
  void aHedgeAnswersWhereTheFirstHangs() throws Exception {
    Upstream lines = upstream("hedge.after", "20ms", "timeout", "60s");
    a.mood = Mood.HANG;

    for (int i = 0; i < 4; i++) {
      assertThat(lines.callIdempotent(stoppable("hello"))).isEqualTo("re: hello");
    }

    assertThat(b.lines).hasSize(4);
    assertThat(a.lines).isNotEmpty();
    assertThat(lines.servers()).allMatch(server -> server.inFlight() == 0);
  }

  @Test
  void thePageSDeadlineHoldsAndReachesTheCode() throws Exception {
    Upstream lines = upstream();
    AtomicReference<Duration> left = new AtomicReference<>();

    Deadline.Scope page = Deadline.within(Duration.ofSeconds(5)).open();
    String answer;
    try {
      answer =
          lines.call(
              server -> {
                left.set(Deadline.current().orElseThrow().remaining());
                return "done";
              });
    } finally {
      page.close();
    }

    assertThat(answer).isEqualTo("done");
    assertThat(left.get()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
  }

  @Test
  void whatHasNoTimeLeftIsNotEvenTried() {
    Upstream lines = upstream();
    AtomicInteger runs = new AtomicInteger();

    Deadline.Scope page = Deadline.within(Duration.ZERO).open();
    try {
      assertThatThrownBy(() -> lines.call(server -> runs.incrementAndGet()))
          .isInstanceOf(CallTimeoutException.class);
    } finally {
      page.close();
    }

    assertThat(runs).hasValue(0);
  }

  @Test
  void aCallerThatIsInterruptedBlamesNobody() throws Exception {
    Upstream lines = upstream();
    a.mood = Mood.HANG;
    b.mood = Mood.HANG;
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                lines.call(stoppable("hello"));
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    caller.start();
    while (a.lines.isEmpty() && b.lines.isEmpty()) {
      Thread.onSpinWait();
    }

    caller.interrupt();
    caller.join(10_000);

    assertThat(thrown.get()).isInstanceOf(MeshException.class).hasMessageContaining("interrupted");
    assertThat(lines.servers())
        .allMatch(s -> s.state() == ServerStatus.State.UP && s.inFlight() == 0);
    assertThat(lines.active()).isZero();
  }

  private static ServerStatus status(Upstream lines, LineServer server) {
    return lines.servers().stream()
        .filter(s -> s.address().equals(server.address()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aStopThatThrowsLosesNothing() throws Exception {
    Upstream lines = upstream("hedge.after", "20ms", "timeout", "60s");
    a.mood = Mood.HANG;

    for (int i = 0; i < 2; i++) {
      String answer =
          lines.callIdempotent(
              (server, cancellation) -> {
                cancellation.onCancel(
                    () -> {
                      throw new IllegalStateException("close failed");
                    });
                return stoppable("hello").on(server, cancellation);
              });
      assertThat(answer).isEqualTo("re: hello");
    }

    assertThat(lines.active()).isZero();
    assertThat(lines.servers()).allMatch(server -> server.inFlight() == 0);
  }

  @Test
  void aConnectionThatFailsAfterTheWorkIsDoneIsNoReasonToDoItAgain() {
    Upstream lines = upstream("retry.tries", "5");
    AtomicInteger runs = new AtomicInteger();

    assertThatThrownBy(
            () ->
                lines.call(
                    server -> {
                      runs.incrementAndGet();
                      return fail(new IOException("audit log", new ConnectException("refused")));
                    }))
        .isInstanceOf(MeshException.class);

    assertThat(runs).hasValue(1);
  }

  @Test
  void anExceptionThatIsThrownEachTimeCollectsNothing() {
    Upstream lines = upstream("retry.tries", "3", "breaker.enabled", "false");
    IOException always = new IOException("no");

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(
              () ->
                  lines.callIdempotent(
                      (server, cancellation) -> {
                        throw always;
                      }))
          .isInstanceOf(MeshException.class);
    }

    assertThat(always.getSuppressed()).isEmpty();
  }

  @Test
  void theCodeSeesNothingOfWhoeverCalledFirst() throws Exception {
    Upstream lines = upstream();
    InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
    user.set("alice");

    String seen = lines.call(server -> String.valueOf(user.get()));

    assertThat(seen).isEqualTo("null");
  }

  private static UpstreamEngine engine() {
    UpstreamSettings settings =
        Objects.requireNonNull(
            Configuration.open(
                    Sources.of(
                        Map.of(
                            "mesh.upstream.u.servers",
                            "stock.example:1",
                            "mesh.upstream.u.timeout",
                            "100ms")))
                .current()
                .settings()
                .upstreams()
                .get("u"));
    return new UpstreamEngine(
        settings,
        new UpstreamListener() {},
        route -> new UpstreamListener() {},
        RandomSource.perThread(),
        new PauseDetector(),
        System.nanoTime());
  }

  /** As the close of a socket of TLS does, for as long as somebody writes to it. */
  @Test
  @Timeout(60)
  void aStopThatBlocksDoesNotKeepTheCaller() throws Exception {
    Upstream lines = upstream("timeout", "200ms");
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                lines.call(
                    (server, cancellation) -> {
                      cancellation.onCancel(
                          () -> {
                            stopping.countDown();
                            awaitAtMost20Seconds(over);
                            stopped.countDown();
                          });
                      awaitAtMost20Seconds(over);
                      return "late";
                    }))
        .isInstanceOf(CallTimeoutException.class);

    assertThat(stopped.getCount()).as("what stops it still blocks").isOne();
    assertThat(lines.active()).isZero();
    assertThat(lines.servers()).allMatch(server -> server.inFlight() == 0);
    stopping.await();
    over.countDown();
    stopped.await();
  }

  /** Whatever interrupts it, and not for ever, should the caller be the one who waits. */
  private static void awaitAtMost20Seconds(CountDownLatch latch) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    boolean open = false;
    while (!open && System.nanoTime() - end < 0) {
      try {
        open = latch.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        // It knows better.
      }
    }
  }

  @Test
  void aThreadThatCannotBeStartedLeavesNothingInFlight() {
    UpstreamEngine engine = engine();
    OutOfMemoryError starved = new OutOfMemoryError("unable to create native thread");
    GenericCall<String> call =
        new GenericCall<>(
            engine,
            task -> {
              throw starved;
            },
            Runnable::run,
            (server, timeLeft) -> {},
            (server, cancellation) -> "never",
            false);

    assertThatThrownBy(call::execute).isSameAs(starved);

    assertThat(engine.active()).isZero();
    assertThat(engine.servers(System.nanoTime()).get(0).inFlight()).isZero();
  }

  @Test
  void aNameThatIsNeverResolvedTimesOutInPhaseResolve() {
    Resolver resolver = new Resolver(task -> {});
    AddressCheck check =
        new AddressCheck(resolver, () -> AllowedNetworks.of(List.of("10.0.0.0/8")));
    ExecutorService threads = Executors.newCachedThreadPool();
    open.add(threads::shutdownNow);
    GenericCall<String> call =
        new GenericCall<>(
            engine(), threads, threads, check::check, (server, cancellation) -> "never", false);

    CallTimeoutException timeout = catchThrowableOfType(CallTimeoutException.class, call::execute);

    assertThat(timeout.phase()).isEqualTo(Phase.RESOLVE);
    assertThat(timeout).hasMessageStartingWith("u: timed out in phase resolve after ");
  }
}
